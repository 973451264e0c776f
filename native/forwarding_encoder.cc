#include "native/forwarding_encoder.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "api/environment/environment.h"
#include "api/video/video_frame.h"
#include "api/video_codecs/sdp_video_format.h"
#include "api/video_codecs/video_codec.h"
#include "api/video_codecs/video_encoder.h"
#include "modules/video_coding/include/video_codec_interface.h"
#include "modules/video_coding/include/video_error_codes.h"
#include "native/forwarded_picture.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

using webrtc::VideoFrameType;

// How much of the estimated bandwidth may lie in queues before pictures are dropped, and how much
// faster than estimated they are emptied: estimates follow what is sent.
constexpr double kMaxBacklogSeconds = 1;
constexpr double kDrainFactor = 2;
// Of a new stream nobody knows the bandwidth yet.
constexpr int64_t kUnknownBandwidthUs = 5'000'000;
constexpr double kUnknownBandwidthBits = 4'000'000;

webrtc::CodecSpecificInfo SpecificsOf(const ForwardedPicture& picture, size_t layer,
                                      webrtc::H264PacketizationMode packetization_mode) {
  const webrtc::VideoFrameMetadata& metadata = picture.layers[layer].metadata;
  const auto& specifics = metadata.GetRTPVideoHeaderCodecSpecifics();
  webrtc::CodecSpecificInfo info;
  info.codecType = metadata.GetCodec();
  info.end_of_picture = layer + 1 == picture.layers.size();
  if (const auto* header = std::get_if<webrtc::RTPVideoHeaderVP8>(&specifics)) {
    auto& vp8 = info.codecSpecific.VP8;
    vp8.nonReference = header->nonReference;
    vp8.temporalIdx = header->temporalIdx;
    vp8.layerSync = header->layerSync;
    vp8.keyIdx = static_cast<int8_t>(header->keyIdx);
  } else if (const auto* header = std::get_if<webrtc::RTPVideoHeaderVP9>(&specifics)) {
    auto& vp9 = info.codecSpecific.VP9;
    vp9.first_frame_in_picture = layer == 0;
    vp9.inter_pic_predicted = header->inter_pic_predicted;
    vp9.flexible_mode = header->flexible_mode;
    vp9.ss_data_available = header->ss_data_available;
    vp9.non_ref_for_inter_layer_pred = header->non_ref_for_inter_layer_pred;
    vp9.temporal_idx = header->temporal_idx;
    vp9.temporal_up_switch = header->temporal_up_switch;
    vp9.inter_layer_predicted = header->inter_layer_predicted;
    vp9.gof_idx = header->gof_idx;
    vp9.num_spatial_layers = picture.spatial_layers;
    vp9.first_active_layer = header->first_active_layer;
    if (header->ss_data_available) {
      vp9.spatial_layer_resolution_present = header->spatial_layer_resolution_present;
      std::copy(std::begin(header->width), std::end(header->width), std::begin(vp9.width));
      std::copy(std::begin(header->height), std::end(header->height), std::begin(vp9.height));
      vp9.gof.CopyGofInfoVP9(header->gof);
    }
    vp9.num_ref_pics = std::min<uint8_t>(header->num_ref_pics, webrtc::kMaxVp9RefPics);
    std::copy_n(std::begin(header->pid_diff), vp9.num_ref_pics, std::begin(vp9.p_diff));
  } else if (info.codecType == webrtc::kVideoCodecH264) {
    auto& h264 = info.codecSpecific.H264;
    h264.packetization_mode = packetization_mode;
    h264.temporal_idx = webrtc::kNoTemporalIdx;
    h264.idr_frame = picture.key;
  }
  return info;
}

class ForwardingEncoder final : public webrtc::VideoEncoder {
 public:
  ForwardingEncoder(std::unique_ptr<webrtc::VideoEncoder> encoder,
                    webrtc::H264PacketizationMode packetization_mode)
      : encoder_(std::move(encoder)), packetization_mode_(packetization_mode) {}

  // webrtc::VideoEncoder
  void SetFecControllerOverride(webrtc::FecControllerOverride* override) override {
    encoder_->SetFecControllerOverride(override);
  }

  int InitEncode(const webrtc::VideoCodec* codec, const Settings& settings) override {
    codec_ = *codec;
    settings_ = settings;
    // What follows is a new stream, or has a new size.
    blocked_ = true;
    started_us_ = webrtc::TimeMicros();
    return forwarding_ ? WEBRTC_VIDEO_CODEC_OK : encoder_->InitEncode(codec, settings);
  }

  int32_t RegisterEncodeCompleteCallback(webrtc::EncodedImageCallback* callback) override {
    callback_ = callback;
    return encoder_->RegisterEncodeCompleteCallback(callback);
  }

  int32_t Release() override { return encoder_->Release(); }

  int32_t Encode(const webrtc::VideoFrame& frame,
                 const std::vector<VideoFrameType>* types) override {
    if (ForwardedBuffer* buffer = ForwardedBuffer::From(*frame.video_frame_buffer())) {
      if (!std::exchange(forwarding_, true)) {
        encoder_->Release();
        blocked_ = true;
      }
      const bool key_wanted =
          types && absl::c_linear_search(*types, VideoFrameType::kVideoFrameKey);
      Forward(frame, *buffer, key_wanted);
      return WEBRTC_VIDEO_CODEC_OK;
    }
    if (std::exchange(forwarding_, false)) return ResumeEncoding(frame);
    return EncodeFrame(frame, types);
  }

  void SetRates(const RateControlParameters& parameters) override {
    rates_ = parameters;
    if (!forwarding_) encoder_->SetRates(parameters);
  }
  void OnPacketLossRateUpdate(float packet_loss_rate) override {
    if (!forwarding_) encoder_->OnPacketLossRateUpdate(packet_loss_rate);
  }
  void OnRttUpdate(int64_t rtt_ms) override {
    if (!forwarding_) encoder_->OnRttUpdate(rtt_ms);
  }
  void OnLossNotification(const LossNotification& loss_notification) override {
    if (!forwarding_) encoder_->OnLossNotification(loss_notification);
  }

  EncoderInfo GetEncoderInfo() const override {
    if (!forwarding_) {
      EncoderInfo info = encoder_->GetEncoderInfo();
      // Without this a first forwarded picture would not come through.
      info.supports_native_handle = true;
      return info;
    }
    EncoderInfo info;
    info.implementation_name = "forwarding";
    info.scaling_settings = ScalingSettings::kOff;
    info.supports_native_handle = true;
    info.has_trusted_rate_controller = true;
    info.is_hardware_accelerated = true;
    info.enable_cpu_overuse_detection = false;
    return info;
  }

 private:
  int32_t EncodeFrame(const webrtc::VideoFrame& frame, const std::vector<VideoFrameType>* types) {
    if (frame.video_frame_buffer()->type() != webrtc::VideoFrameBuffer::Type::kNative ||
        encoder_->GetEncoderInfo().supports_native_handle) {
      return encoder_->Encode(frame, types);
    }
    auto buffer = frame.video_frame_buffer()->ToI420();
    if (!buffer) return WEBRTC_VIDEO_CODEC_ENCODER_FAILURE;
    webrtc::VideoFrame converted = frame;
    converted.set_video_frame_buffer(buffer);
    return encoder_->Encode(converted, types);
  }

  int32_t ResumeEncoding(const webrtc::VideoFrame& frame) {
    if (!settings_) return WEBRTC_VIDEO_CODEC_UNINITIALIZED;
    const int result = encoder_->InitEncode(&codec_, *settings_);
    if (result != WEBRTC_VIDEO_CODEC_OK) return result;
    encoder_->RegisterEncodeCompleteCallback(callback_);
    if (rates_) encoder_->SetRates(*rates_);
    const std::vector<VideoFrameType> key(std::max<size_t>(1, codec_.numberOfSimulcastStreams),
                                          VideoFrameType::kVideoFrameKey);
    return EncodeFrame(frame, &key);
  }

  void Forward(const webrtc::VideoFrame& frame, const ForwardedBuffer& buffer, bool key_wanted) {
    const ForwardedPicture& picture = buffer.picture();
    ForwardingLink& link = buffer.link();
    if (&link != link_.get()) {
      // Another source: what it has sent so far is unknown to the viewer.
      link_ = webrtc::scoped_refptr<ForwardingLink>(&link);
      blocked_ = true;
    } else if (picture.index != next_index_) {
      // libwebrtc has left some out.
      link.OnDropped(picture.index - next_index_);
      blocked_ = true;
    }
    next_index_ = picture.index + 1;

    const webrtc::VideoFrameMetadata& metadata = picture.layers.front().metadata;
    if (metadata.GetCodec() != codec_.codecType) {
      link.OnMismatch(picture.payload_type);
      Drop(frame, link);
      return;
    }
    if (key_wanted) key_wanted_ = true;
    const bool overdue = TakesTooLong();
    if (overdue) blocked_ = true;
    if (overdue || (blocked_ && !picture.key)) {
      // A queue that is full is to be emptied first.
      if (!overdue) link.RequestKeyFrame();
      Drop(frame, link);
      return;
    }
    if (picture.key) {
      blocked_ = false;
      key_wanted_ = false;
    } else if (key_wanted_) {
      link.RequestKeyFrame();
    }
    backlog_bits_ += static_cast<double>(picture.size()) * 8;
    for (size_t layer = 0; layer < picture.layers.size(); ++layer) Send(frame, picture, layer);
    link.OnSent(picture.size(), picture.key);
  }

  void Drop(const webrtc::VideoFrame& frame, ForwardingLink& link) {
    link.OnDropped(1);
    callback_->OnFrameDropped(frame.rtp_timestamp(), /*spatial_id=*/0,
                              /*is_end_of_temporal_unit=*/true);
  }

  // Whether the queues towards the network are too full for the picture. A blocked stream waits
  // until they are almost empty.
  bool TakesTooLong() {
    const int64_t now_us = webrtc::TimeMicros();
    const double bits_per_second =
        rates_ ? static_cast<double>(std::max<int64_t>(rates_->bandwidth_allocation.bps(),
                                                       rates_->target_bitrate.get_sum_bps()))
               : 0;
    const double elapsed = static_cast<double>(now_us - backlog_at_us_) / 1e6;
    backlog_at_us_ = now_us;
    backlog_bits_ = std::max(0.0, backlog_bits_ - elapsed * bits_per_second * kDrainFactor);
    const double spare =
        now_us - started_us_ < kUnknownBandwidthUs ? kUnknownBandwidthBits : bits_per_second / 4;
    const double most = bits_per_second * (congested_ ? 0.1 : kMaxBacklogSeconds) + spare;
    congested_ = backlog_bits_ > most;
    return congested_;
  }

  void Send(const webrtc::VideoFrame& frame, const ForwardedPicture& picture, size_t layer) {
    const auto& [data, metadata] = picture.layers[layer];
    webrtc::EncodedImage image;
    image.SetEncodedData(data);
    image._frameType = metadata.GetFrameType() == VideoFrameType::kVideoFrameKey
                           ? VideoFrameType::kVideoFrameKey
                           : VideoFrameType::kVideoFrameDelta;
    image._encodedWidth = static_cast<uint32_t>(picture.width);
    image._encodedHeight = static_cast<uint32_t>(picture.height);
    image.SetRtpTimestamp(frame.rtp_timestamp());
    image.capture_time_ms_ = frame.render_time_ms();
    image.ntp_time_ms_ = frame.ntp_time_ms();
    image.SetPresentationTimestamp(frame.presentation_timestamp());
    image.rotation_ = metadata.GetRotation();
    image.content_type_ = metadata.GetContentType();
    image.SetSimulcastIndex(0);
    if (picture.spatial_layers > 1) image.SetSpatialIndex(static_cast<int>(layer));
    const webrtc::CodecSpecificInfo info = SpecificsOf(picture, layer, packetization_mode_);
    image.set_end_of_temporal_unit(info.end_of_picture);
    callback_->OnEncodedImage(image, &info);
  }

  const std::unique_ptr<webrtc::VideoEncoder> encoder_;
  const webrtc::H264PacketizationMode packetization_mode_;
  webrtc::EncodedImageCallback* callback_ = nullptr;
  webrtc::VideoCodec codec_;
  std::optional<Settings> settings_;
  std::optional<RateControlParameters> rates_;

  bool forwarding_ = false;
  webrtc::scoped_refptr<ForwardingLink> link_;
  uint64_t next_index_ = 0;
  // Until the next key frame nothing can be sent.
  bool blocked_ = true;
  // The viewer has asked for a key frame that has not come yet.
  bool key_wanted_ = false;
  bool congested_ = false;
  double backlog_bits_ = 0;
  int64_t backlog_at_us_ = 0;
  int64_t started_us_ = 0;
};

class ForwardingEncoderFactory final : public webrtc::VideoEncoderFactory {
 public:
  explicit ForwardingEncoderFactory(std::unique_ptr<webrtc::VideoEncoderFactory> factory)
      : factory_(std::move(factory)) {}

  // webrtc::VideoEncoderFactory
  std::vector<webrtc::SdpVideoFormat> GetSupportedFormats() const override {
    return factory_->GetSupportedFormats();
  }
  std::vector<webrtc::SdpVideoFormat> GetImplementations() const override {
    return factory_->GetImplementations();
  }
  CodecSupport QueryCodecSupport(const webrtc::SdpVideoFormat& format,
                                 std::optional<std::string> scalability_mode,
                                 std::optional<webrtc::Resolution> resolution) const override {
    return factory_->QueryCodecSupport(format, std::move(scalability_mode), resolution);
  }
  std::unique_ptr<webrtc::VideoEncoder> Create(const webrtc::Environment& environment,
                                               const webrtc::SdpVideoFormat& format) override {
    std::unique_ptr<webrtc::VideoEncoder> encoder = factory_->Create(environment, format);
    if (!encoder) return nullptr;
    const auto mode = format.parameters.find("packetization-mode");
    return std::make_unique<ForwardingEncoder>(
        std::move(encoder), mode != format.parameters.end() && mode->second == "1"
                                ? webrtc::H264PacketizationMode::NonInterleaved
                                : webrtc::H264PacketizationMode::SingleNalUnit);
  }
  std::unique_ptr<EncoderSelectorInterface> GetEncoderSelector() const override {
    return factory_->GetEncoderSelector();
  }

 private:
  const std::unique_ptr<webrtc::VideoEncoderFactory> factory_;
};

}  // namespace

std::unique_ptr<webrtc::VideoEncoderFactory> CreateForwardingEncoderFactory(
    std::unique_ptr<webrtc::VideoEncoderFactory> factory) {
  return std::make_unique<ForwardingEncoderFactory>(std::move(factory));
}

}  // namespace node_libwebrtc
