#ifndef NATIVE_RUNTIME_AUDIO_DEVICE_H_
#define NATIVE_RUNTIME_AUDIO_DEVICE_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "api/audio/audio_device.h"
#include "modules/audio_device/include/audio_device_default.h"

namespace node_libwebrtc {

class EchoReference;
class MediaClock;
class PlayoutDemand;

// A sound card of software. Nobody hears what it plays: it pulls remote audio out of libwebrtc, 10
// ms at a time, so that the sinks of its tracks get theirs on the way. It does that only while one
// of them wants any. It records nothing: local audio goes from its source to the senders.
class AudioDevice
    : public webrtc::webrtc_impl::AudioDeviceModuleDefault<webrtc::AudioDeviceModule> {
 public:
  AudioDevice(PlayoutDemand& demand, std::shared_ptr<EchoReference> echo_reference,
              std::shared_ptr<MediaClock> clock);
  ~AudioDevice() override;

  // webrtc::AudioDeviceModule
  int32_t RegisterAudioCallback(webrtc::AudioTransport* transport) override;
  int32_t StartPlayout() override;
  int32_t StopPlayout() override;
  bool Playing() const override;
  std::optional<Stats> GetStats() const override;

 private:
  class Playout;

  PlayoutDemand& demand_;
  const std::shared_ptr<Playout> playout_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_AUDIO_DEVICE_H_
