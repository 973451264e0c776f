#ifndef NATIVE_AUDIO_BLOCKS_H_
#define NATIVE_AUDIO_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/audio_buffer.h"

namespace node_libwebrtc {

// Cuts samples of any rate and length into what libwebrtc takes: interleaved 16-bit blocks of 10
// ms. Rates that it does not take, or that have no whole number of samples in 10 ms, become 48 kHz;
// of many channels the first eight remain. Belongs to one thread.
class AudioBlocks final {
 public:
  AudioBlocks();
  ~AudioBlocks();

  // What is left of another rate or number of channels is lost.
  void Append(const AudioBuffer& buffer) { Append(buffer, 0, buffer.frames); }
  // Some frames of a buffer; there must be as many.
  void Append(const AudioBuffer& buffer, size_t frame_offset, size_t frame_count);

  // Calls `deliver(samples, sample_rate, channels, frames)` for each whole block.
  template <typename Deliver>
  void TakeAll(Deliver deliver) {
    const size_t frames = static_cast<size_t>(sample_rate_ / 100);
    size_t place = 0;
    for (; samples_.size() - place >= frames * channels_ && frames > 0;
         place += frames * channels_) {
      deliver(samples_.data() + place, sample_rate_, channels_, frames);
    }
    samples_.erase(samples_.begin(), samples_.begin() + static_cast<ptrdiff_t>(place));
  }

 private:
  class Resampler;

  // Of what is appended.
  int source_rate_ = 0;
  size_t source_channels_ = 0;
  // Of the blocks.
  int sample_rate_ = 0;
  size_t channels_ = 0;
  std::vector<int16_t> samples_;
  // Null where the rates are the same.
  std::unique_ptr<Resampler> resampler_;
  std::vector<int16_t> scratch_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_BLOCKS_H_
