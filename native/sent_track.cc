#include "native/sent_track.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/audio_options.h"
#include "api/make_ref_counted.h"
#include "api/notifier.h"
#include "api/units/timestamp.h"
#include "api/video/video_frame.h"
#include "api/video/video_frame_buffer.h"
#include "api/video/video_source_interface.h"
#include "media/base/adapted_video_track_source.h"
#include "native/media_origin.h"
#include "native/track_node.h"
#include "rtc_base/time_utils.h"
#include "rtc_base/timestamp_aligner.h"

namespace node_libwebrtc {

namespace {

// Adapts frames to what the encoder wants. Frames come from whatever thread produces them.
class SentVideoSource : public webrtc::AdaptedVideoTrackSource, public VideoConsumer {
 public:
  SentVideoSource(bool is_screencast, std::optional<bool> needs_denoising)
      : is_screencast_(is_screencast), needs_denoising_(needs_denoising) {}

  // VideoConsumer
  void OnFrame(const webrtc::VideoFrame& frame) override {
    webrtc::VideoFrame sent = frame;
    // libwebrtc drops frames that are no later than the last one, by a clock that starts anywhere;
    // scripts give their frames the times they like.
    sent.set_timestamp_us(aligner_.TranslateTimestamp(frame.timestamp_us(), webrtc::TimeMicros()));
    sent.set_ntp_time_ms(0);
    // What scripts see of encoded frames.
    sent.set_presentation_timestamp(webrtc::Timestamp::Micros(frame.timestamp_us()));
    int width, height, crop_width, crop_height, crop_x, crop_y;
    if (!AdaptFrame(frame.width(), frame.height(), sent.timestamp_us(), &width, &height,
                    &crop_width, &crop_height, &crop_x, &crop_y)) {
      return;
    }
    if (width != frame.width() || height != frame.height()) {
      sent.set_video_frame_buffer(frame.video_frame_buffer()->CropAndScale(
          crop_x & ~1, crop_y & ~1, crop_width, crop_height, width, height));
      sent.clear_update_rect();
    }
    AdaptedVideoTrackSource::OnFrame(sent);
  }
  void OnDiscardedFrame() override { OnFrameDropped(); }
  void OnEnded() override { ended_ = true; }

  // webrtc::VideoTrackSourceInterface
  SourceState state() const override { return ended_ ? kEnded : kLive; }
  bool remote() const override { return false; }
  bool is_screencast() const override { return is_screencast_; }
  std::optional<bool> needs_denoising() const override { return needs_denoising_; }

 private:
  const bool is_screencast_;
  const std::optional<bool> needs_denoising_;
  std::atomic<bool> ended_ = false;
  // Used by frames only, which come one at a time.
  webrtc::TimestampAligner aligner_;
};

// What both kinds of tracks have in common.
template <typename Interface, typename Node>
class SentTrack : public webrtc::Notifier<Interface>, protected TrackNode::Observer {
 public:
  std::string id() const override { return id_; }
  bool enabled() const override { return node_->enabled(); }
  // The track is enabled by its own handle.
  bool set_enabled(bool) override { return false; }
  webrtc::MediaStreamTrackInterface::TrackState state() const override {
    return node_->ended() ? webrtc::MediaStreamTrackInterface::kEnded
                          : webrtc::MediaStreamTrackInterface::kLive;
  }

 protected:
  SentTrack(std::string id, webrtc::scoped_refptr<Node> node)
      : id_(std::move(id)), node_(std::move(node)) {
    node_->AddObserver(this);
  }
  ~SentTrack() override { node_->RemoveObserver(this); }

  Node& node() const { return *node_; }

 private:
  void OnTrackChanged() override { this->FireOnChanged(); }

  const std::string id_;
  const webrtc::scoped_refptr<Node> node_;
};

class SentVideoTrack : public SentTrack<webrtc::VideoTrackInterface, VideoTrackNode> {
 public:
  SentVideoTrack(std::string id, webrtc::scoped_refptr<VideoTrackNode> node)
      : SentTrack(std::move(id), std::move(node)),
        source_(webrtc::make_ref_counted<SentVideoSource>(this->node().is_screencast(),
                                                          this->node().needs_denoising())) {
    this->node().AddConsumer(source_.get());
  }
  ~SentVideoTrack() override { node().RemoveConsumer(source_.get()); }

  std::string kind() const override { return kVideoKind; }
  webrtc::VideoTrackSourceInterface* GetSource() const override { return source_.get(); }
  void AddOrUpdateSink(webrtc::VideoSinkInterface<webrtc::VideoFrame>* sink,
                       const webrtc::VideoSinkWants& wants) override {
    GetSource()->AddOrUpdateSink(sink, wants);
  }
  void RemoveSink(webrtc::VideoSinkInterface<webrtc::VideoFrame>* sink) override {
    GetSource()->RemoveSink(sink);
  }

  ContentHint content_hint() const override {
    const std::string hint = node().content_hint();
    if (hint == "motion") return ContentHint::kFluid;
    if (hint == "detail") return ContentHint::kDetailed;
    if (hint == "text") return ContentHint::kText;
    return ContentHint::kNone;
  }

 private:
  const webrtc::scoped_refptr<SentVideoSource> source_;
};

class SentAudioSource : public webrtc::Notifier<webrtc::AudioSourceInterface> {
 public:
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }
};

class SentAudioTrack : public SentTrack<webrtc::AudioTrackInterface, AudioTrackNode>,
                       private AudioConsumer {
 public:
  SentAudioTrack(std::string id, webrtc::scoped_refptr<AudioTrackNode> node)
      : SentTrack(std::move(id), std::move(node)),
        source_(webrtc::make_ref_counted<SentAudioSource>()) {}
  ~SentAudioTrack() override {
    if (sink_) node().RemoveConsumer(this);
  }

  std::string kind() const override { return kAudioKind; }
  webrtc::AudioSourceInterface* GetSource() const override { return source_.get(); }

  // There is one sender, with one sink.
  void AddSink(webrtc::AudioTrackSinkInterface* sink) override {
    if (sink_) return;
    sink_ = sink;
    node().AddConsumer(this);
  }
  void RemoveSink(webrtc::AudioTrackSinkInterface* sink) override {
    if (sink_ != sink) return;
    node().RemoveConsumer(this);
    sink_ = nullptr;
  }

 private:
  // AudioConsumer
  void OnData(const void* audio_data, int bits_per_sample, int sample_rate,
              size_t number_of_channels, size_t number_of_frames,
              std::optional<int64_t> absolute_capture_timestamp_ms) override {
    const size_t channels = SentChannels(number_of_channels);
    if (channels != number_of_channels) {
      const auto* samples = static_cast<const int16_t*>(audio_data);
      samples_.resize(number_of_frames * channels);
      for (size_t i = 0; i < number_of_frames; ++i) {
        std::copy_n(samples + i * number_of_channels, channels,
                    samples_.begin() + static_cast<ptrdiff_t>(i * channels));
      }
      audio_data = samples_.data();
    }
    // Sources of ours deliver a block when its last sample is there. The receiver gets to know it
    // where the header extension for absolute capture time is negotiated.
    const int64_t duration_ms =
        sample_rate > 0 ? static_cast<int64_t>(number_of_frames) * 1000 / sample_rate : 0;
    sink_->OnData(audio_data, bits_per_sample, sample_rate, channels, number_of_frames,
                  absolute_capture_timestamp_ms.value_or(webrtc::TimeMillis() - duration_ms));
  }
  void OnEnded() override {}

  // libwebrtc encodes one channel or an even number of them; of three, five or seven the last one
  // goes.
  static size_t SentChannels(size_t channels) {
    return channels <= 1 ? channels : channels & ~size_t{1};
  }

  const webrtc::scoped_refptr<SentAudioSource> source_;
  // Changes only while this is no consumer.
  webrtc::AudioTrackSinkInterface* sink_ = nullptr;
  // Used by blocks only, which come one at a time.
  std::vector<int16_t> samples_;
};

}  // namespace

webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateSentTrack(
    const MediaStreamTrackHandle& track) {
  if (const auto* node = std::get_if<webrtc::scoped_refptr<VideoTrackNode>>(&track.node())) {
    return webrtc::make_ref_counted<SentVideoTrack>(track.id(), *node);
  }
  return webrtc::make_ref_counted<SentAudioTrack>(
      track.id(), std::get<webrtc::scoped_refptr<AudioTrackNode>>(track.node()));
}

}  // namespace node_libwebrtc
