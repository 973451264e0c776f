#include "native/recording/video_tap_point.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "modules/video_coding/include/video_error_codes.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// How often a key frame is asked for that has not come.
constexpr int64_t kKeyFrameRequestIntervalUs = 300'000;

const char* CodecName(const webrtc::SdpVideoFormat& format) {
  for (const char* name : {"VP8", "VP9", "AV1", "H264", "H265"}) {
    if (absl::EqualsIgnoreCase(format.name, name)) return name;
  }
  return "";
}

int64_t ArrivalTime(const webrtc::EncodedImage& image) {
  int64_t arrival_us = webrtc::TimeMicros();
  for (const webrtc::RtpPacketInfo& packet : image.PacketInfos()) {
    if (packet.receive_time().IsFinite()) {
      arrival_us = std::min(arrival_us, packet.receive_time().us());
    }
  }
  return arrival_us;
}

}  // namespace

webrtc::scoped_refptr<const webrtc::EncodedImageBufferInterface> TapEvent::encoded_buffer() const {
  return chunk_ ? chunk_->buffer : nullptr;
}

// ---- The decoder

// Passes frames on to a decoder of libwebrtc's as long as they are wanted. Used by the stream's
// decoding queue.
class VideoTapPoint::Decoder final : public webrtc::VideoDecoder {
 public:
  // `decoder` is null for a codec that can be received but not decoded.
  Decoder(VideoTapPoint& point, const char* codec, std::unique_ptr<webrtc::VideoDecoder> decoder)
      : point_(point),
        codec_(codec),
        decoder_(std::move(decoder)),
        info_(decoder_ ? decoder_->GetDecoderInfo() : DecoderInfo()) {}

  // The decoder itself is set up when it gets something to do.
  bool Configure(const Settings& settings) override {
    settings_ = settings;
    configured_ = false;
    return true;
  }

  int32_t Decode(const webrtc::EncodedImage& image, int64_t render_time_ms) override {
    if (!point_.Deliver(image, codec_) || !decoder_) {
      Rest();
      return WEBRTC_VIDEO_CODEC_OK;
    }
    if (resting_ && !image.IsKey()) return AskForKeyFrame();
    resting_ = false;
    if (!std::exchange(configured_, true) && !decoder_->Configure(settings_)) {
      configured_ = false;
      return WEBRTC_VIDEO_CODEC_ERROR;
    }
    return decoder_->Decode(image, render_time_ms);
  }

  int32_t RegisterDecodeCompleteCallback(webrtc::DecodedImageCallback* callback) override {
    return decoder_ ? decoder_->RegisterDecodeCompleteCallback(callback) : WEBRTC_VIDEO_CODEC_OK;
  }

  int32_t Release() override {
    return std::exchange(configured_, false) ? decoder_->Release() : WEBRTC_VIDEO_CODEC_OK;
  }

  DecoderInfo GetDecoderInfo() const override {
    return configured_ && decoder_ ? decoder_->GetDecoderInfo() : info_;
  }

 private:
  // Gives back what the decoder holds: pictures, and threads in some.
  void Rest() {
    resting_ = true;
    asked_us_ = 0;
    if (!std::exchange(configured_, false)) return;
    info_ = decoder_->GetDecoderInfo();
    decoder_->Release();
  }

  int32_t AskForKeyFrame() {
    const int64_t now_us = webrtc::TimeMicros();
    if (now_us - asked_us_ < kKeyFrameRequestIntervalUs) return WEBRTC_VIDEO_CODEC_OK;
    asked_us_ = now_us;
    return WEBRTC_VIDEO_CODEC_OK_REQUEST_KEYFRAME;
  }

  VideoTapPoint& point_;
  const char* const codec_;
  const std::unique_ptr<webrtc::VideoDecoder> decoder_;
  // Of the decoder before its rest.
  DecoderInfo info_;
  Settings settings_;
  bool configured_ = false;
  // Frames have been left out: it goes on with a key frame.
  bool resting_ = false;
  int64_t asked_us_ = 0;
};

class VideoTapPoint::DecoderFactory final : public webrtc::VideoDecoderFactory {
 public:
  DecoderFactory(VideoTapPoint& point, webrtc::VideoDecoderFactory* factory)
      : point_(point), factory_(factory) {}

  std::vector<webrtc::SdpVideoFormat> GetSupportedFormats() const override {
    return factory_->GetSupportedFormats();
  }
  CodecSupport QueryCodecSupport(const webrtc::SdpVideoFormat& format, bool reference_scaling,
                                 std::optional<webrtc::Resolution> resolution) const override {
    return factory_->QueryCodecSupport(format, reference_scaling, resolution);
  }
  std::unique_ptr<webrtc::VideoDecoder> Create(const webrtc::Environment& environment,
                                               const webrtc::SdpVideoFormat& format) override {
    return std::make_unique<Decoder>(point_, CodecName(format),
                                     factory_->Create(environment, format));
  }

 private:
  VideoTapPoint& point_;
  webrtc::VideoDecoderFactory* const factory_;
};

// ---- The point

VideoTapPoint::VideoTapPoint(webrtc::VideoDecoderFactory* factory)
    : decoder_factory_(std::make_unique<DecoderFactory>(*this, factory)) {}

VideoTapPoint::~VideoTapPoint() = default;

VideoTapPoint::RecordingState VideoTapPoint::Exchange(RecordingState state) {
  webrtc::MutexLock lock(&mutex_);
  return std::exchange(state_, std::move(state));
}

void VideoTapPoint::OnSenderReport(const SenderReportTimes& report) {
  webrtc::MutexLock lock(&mutex_);
  if (state_.callback) state_.callback(TapEvent(report));
}

bool VideoTapPoint::Deliver(const webrtc::EncodedImage& image, const char* codec) {
  webrtc::MutexLock lock(&mutex_);
  if (!state_.callback || !*codec) return true;
  EncodedChunk chunk{.codec = codec,
                     .buffer = image.GetEncodedData(),
                     .size = image.size(),
                     .key = image.IsKey(),
                     .timestamp_us = ArrivalTime(image),
                     .rtp_timestamp = image.RtpTimestamp(),
                     .width = static_cast<int>(image._encodedWidth),
                     .height = static_cast<int>(image._encodedHeight),
                     .rotation = image.rotation()};
  if (!chunk.buffer) return true;
  vp9_layers_.Join(image, chunk);
  key_frames_.Complete(chunk);
  const TapEvent event(chunk);
  state_.callback(event);
  return event.decoding_requested();
}

}  // namespace node_libwebrtc
