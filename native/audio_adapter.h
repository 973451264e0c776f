#ifndef NATIVE_AUDIO_ADAPTER_H_
#define NATIVE_AUDIO_ADAPTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/audio/audio_processing.h"
#include "api/scoped_refptr.h"
#include "audio/utility/channel_mixer.h"
#include "common_audio/resampler/include/push_resampler.h"
#include "native/echo_reference.h"

namespace node_libwebrtc {

// What a track makes of its source's sound.
struct AudioTrackFormat {
  // Nothing: as the source has it.
  std::optional<int> sample_rate;
  std::optional<size_t> channel_count;
  bool echo_cancellation = false;
  bool auto_gain_control = false;
  bool noise_suppression = false;

  bool processes() const { return echo_cancellation || auto_gain_control || noise_suppression; }
  bool changes() const { return sample_rate || channel_count || processes(); }
};

// Interleaved 16-bit samples of 10 ms.
struct AudioBlock {
  const int16_t* samples;
  int sample_rate;
  size_t channels;
  size_t frames;
};

// Mixes channels, resamples, and processes the sound of a microphone, as a track's format asks for.
// Blocks come one at a time.
class AudioAdapter final : private EchoReference::Listener {
 public:
  AudioAdapter(const AudioTrackFormat& format, std::shared_ptr<EchoReference> echo_reference);
  ~AudioAdapter() override;

  AudioAdapter(const AudioAdapter&) = delete;
  AudioAdapter& operator=(const AudioAdapter&) = delete;

  // The result is valid until the next call.
  AudioBlock Adapt(AudioBlock block);

 private:
  AudioBlock Mix(AudioBlock block, size_t channels);
  AudioBlock Resample(AudioBlock block, int sample_rate);
  AudioBlock Process(AudioBlock block);

  // EchoReference::Listener
  void OnPlayed(const int16_t* samples, int sample_rate, size_t frames) override;

  const AudioTrackFormat format_;
  const std::shared_ptr<EchoReference> echo_reference_;
  // Null where nothing is processed.
  webrtc::scoped_refptr<webrtc::AudioProcessing> processing_;

  std::unique_ptr<webrtc::ChannelMixer> mixer_;
  size_t mixed_from_ = 0;
  std::vector<int16_t> mixed_;
  webrtc::PushResampler<int16_t> resampler_;
  std::vector<int16_t> resampled_;
  std::vector<int16_t> processed_;
  // A plane for each channel.
  std::vector<float> planes_;
  std::vector<float> played_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_ADAPTER_H_
