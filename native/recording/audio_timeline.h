#ifndef NATIVE_RECORDING_AUDIO_TIMELINE_H_
#define NATIVE_RECORDING_AUDIO_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace node_libwebrtc {

// Gives blocks of samples their times, in microseconds of the clock by which they come. The times
// count samples, so that one block begins where the last one ended, whatever the jitter of their
// coming; only a pause of the source makes a gap. A source whose samples are shorter or longer than
// they say is followed slowly, so that its sound stays with the pictures.
class AudioTimeline final {
 public:
  // Of a block that comes at `now_us`.
  int64_t Next(int sample_rate, size_t frames, int64_t now_us);

 private:
  void Anchor(int sample_rate, int64_t start_us);
  void Follow(int64_t late_us, int64_t now_us);
  int64_t position_us() const;

  int sample_rate_ = 0;
  int64_t start_us_ = 0;
  int64_t frames_ = 0;

  // How late blocks come at least, over some time: what jitter leaves of it is drift.
  int64_t window_began_us_ = 0;
  std::optional<int64_t> least_late_us_;
  std::optional<int64_t> reference_us_;
  // What is still to be made up for.
  int64_t drift_us_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_AUDIO_TIMELINE_H_
