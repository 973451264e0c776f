#include "native/forwarded_track.h"

#include <string>
#include <utility>

#include "api/make_ref_counted.h"
#include "api/notifier.h"
#include "api/video/video_source_interface.h"
#include "rtc_base/crypto_random.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

constexpr int64_t kVideoTicksPerSecond = 90'000;

template <typename Interface>
class LiveTrack : public webrtc::Notifier<Interface> {
 public:
  std::string id() const override { return id_; }
  bool enabled() const override { return true; }
  bool set_enabled(bool) override { return false; }
  webrtc::MediaStreamTrackInterface::TrackState state() const override {
    return webrtc::MediaStreamTrackInterface::kLive;
  }

 private:
  const std::string id_ = webrtc::CreateRandomUuid();
};

class ForwardedVideoTrack : public LiveTrack<webrtc::VideoTrackInterface> {
 public:
  explicit ForwardedVideoTrack(webrtc::scoped_refptr<ForwardedVideoSource> source)
      : source_(std::move(source)) {}

  std::string kind() const override { return kVideoKind; }
  webrtc::VideoTrackSourceInterface* GetSource() const override { return source_.get(); }
  void AddOrUpdateSink(webrtc::VideoSinkInterface<webrtc::VideoFrame>* sink,
                       const webrtc::VideoSinkWants& wants) override {
    GetSource()->AddOrUpdateSink(sink, wants);
  }
  void RemoveSink(webrtc::VideoSinkInterface<webrtc::VideoFrame>* sink) override {
    GetSource()->RemoveSink(sink);
  }

 private:
  const webrtc::scoped_refptr<ForwardedVideoSource> source_;
};

class IdleAudioSource : public webrtc::Notifier<webrtc::AudioSourceInterface> {
 public:
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }
};

class IdleAudioTrack : public LiveTrack<webrtc::AudioTrackInterface> {
 public:
  std::string kind() const override { return kAudioKind; }
  webrtc::AudioSourceInterface* GetSource() const override { return source_.get(); }
  void AddSink(webrtc::AudioTrackSinkInterface*) override {}
  void RemoveSink(webrtc::AudioTrackSinkInterface*) override {}

 private:
  const webrtc::scoped_refptr<IdleAudioSource> source_ =
      webrtc::make_ref_counted<IdleAudioSource>();
};

}  // namespace

void ForwardedVideoSource::Push(std::shared_ptr<const ForwardedPicture> picture,
                                webrtc::scoped_refptr<ForwardingLink> link) {
  // A publisher's clock runs as it likes; viewers get ours.
  const uint32_t rtp_timestamp = picture->rtp_timestamp;
  ticks_ += static_cast<int32_t>(rtp_timestamp - last_rtp_timestamp_.value_or(rtp_timestamp));
  last_rtp_timestamp_ = rtp_timestamp;
  const int64_t publisher_us = ticks_ * 1'000'000 / kVideoTicksPerSecond;
  OnFrame(webrtc::VideoFrame::Builder()
              .set_video_frame_buffer(
                  webrtc::make_ref_counted<ForwardedBuffer>(std::move(picture), std::move(link)))
              .set_timestamp_us(aligner_.TranslateTimestamp(publisher_us, webrtc::TimeMicros()))
              .build());
}

webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateForwardedTrack(
    webrtc::scoped_refptr<ForwardedVideoSource> source) {
  return webrtc::make_ref_counted<ForwardedVideoTrack>(std::move(source));
}

webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateIdleAudioTrack() {
  return webrtc::make_ref_counted<IdleAudioTrack>();
}

}  // namespace node_libwebrtc
