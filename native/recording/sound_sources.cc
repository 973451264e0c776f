#include "native/recording/sound_sources.h"

#include <algorithm>

#include "api/units/time_delta.h"
#include "api/units/timestamp.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// WebRTC, section 5.3 (getContributingSources).
constexpr webrtc::TimeDelta kTimeout = webrtc::TimeDelta::Seconds(10);

}  // namespace

void SoundSources::OnPacket(const webrtc::TransformableAudioFrameInterface& packet) {
  const webrtc::Timestamp now = webrtc::Timestamp::Micros(webrtc::TimeMicros());
  const webrtc::RtpSource::Extensions extensions{.audio_level = packet.AudioLevel(),
                                                 .absolute_capture_time = std::nullopt,
                                                 .local_capture_clock_offset = std::nullopt};
  const auto source = [&](uint32_t id, webrtc::RtpSourceType type) {
    return webrtc::RtpSource(now, id, type, packet.GetTimestamp(), extensions);
  };
  webrtc::MutexLock lock(&mutex_);
  for (const uint32_t id : packet.GetContributingSources()) {
    Put(source(id, webrtc::RtpSourceType::CSRC));
  }
  Put(source(packet.GetSsrc(), webrtc::RtpSourceType::SSRC));
  std::erase_if(sources_,
                [&](const webrtc::RtpSource& known) { return known.timestamp() < now - kTimeout; });
}

void SoundSources::Put(const webrtc::RtpSource& source) {
  std::erase_if(sources_, [&](const webrtc::RtpSource& known) {
    return known.source_id() == source.source_id() && known.source_type() == source.source_type();
  });
  sources_.insert(sources_.begin(), source);
}

void SoundSources::Forget() {
  webrtc::MutexLock lock(&mutex_);
  sources_.clear();
}

std::optional<std::vector<webrtc::RtpSource>> SoundSources::Find() const {
  const webrtc::Timestamp oldest = webrtc::Timestamp::Micros(webrtc::TimeMicros()) - kTimeout;
  webrtc::MutexLock lock(&mutex_);
  if (sources_.empty()) return std::nullopt;
  std::vector<webrtc::RtpSource> found = sources_;
  std::erase_if(found,
                [&](const webrtc::RtpSource& source) { return source.timestamp() < oldest; });
  return found;
}

}  // namespace node_libwebrtc
