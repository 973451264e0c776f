#include "native/recording/video_encoding.h"

#include <cmath>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "api/environment/environment.h"
#include "api/video/video_bitrate_allocation.h"
#include "api/video/video_frame.h"
#include "api/video/video_frame_buffer.h"
#include "api/video_codecs/builtin_video_encoder_factory.h"
#include "api/video_codecs/scalability_mode.h"
#include "api/video_codecs/sdp_video_format.h"
#include "api/video_codecs/video_codec.h"
#include "api/video_codecs/video_encoder.h"
#include "api/video_codecs/video_encoder_factory.h"
#include "modules/video_coding/include/video_error_codes.h"
#include "native/recording/obu.h"
#include "native/runtime/runtime.h"
#include "native/runtime/task_pool.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"
#include "rtc_base/time_utils.h"
#include "rtc_base/timestamp_aligner.h"

namespace node_libwebrtc {

namespace {

// Frames that wait for the encoder. Of those that it has no time for the oldest go.
constexpr size_t kMaxWaitingFrames = 4;
constexpr double kInitialFrameRate = 30;
constexpr uint32_t kMaxFrameRate = 60;
// The encoder hears of another frame rate when it differs by so much.
constexpr double kFrameRateTolerance = 0.15;
// The weight of the newest interval in the average of the frame rate.
constexpr double kIntervalWeight = 0.05;
// One thread for each encoder, so that their number does not grow with that of recordings.
constexpr int kCores = 1;
constexpr size_t kMaxPayloadSize = 1200;
constexpr unsigned kMaxQuantizerVpx = 56;
constexpr unsigned kMaxQuantizerH264 = 51;
constexpr unsigned kMinKilobits = 30;

webrtc::SdpVideoFormat FormatOf(webrtc::VideoCodecType type) {
  switch (type) {
    case webrtc::kVideoCodecVP9:
      return webrtc::SdpVideoFormat::VP9Profile0();
    case webrtc::kVideoCodecAV1:
      return webrtc::SdpVideoFormat::AV1Profile0();
    case webrtc::kVideoCodecH264:
      return webrtc::SdpVideoFormat("H264", {{"profile-level-id", "42e01f"},
                                             {"level-asymmetry-allowed", "1"},
                                             {"packetization-mode", "1"}});
    default:
      return webrtc::SdpVideoFormat::VP8();
  }
}

webrtc::VideoCodec CodecFor(webrtc::VideoCodecType type, int width, int height, int bits_per_second,
                            bool is_screencast) {
  const auto kilobits = std::max(kMinKilobits, static_cast<unsigned>(bits_per_second / 1000));
  webrtc::VideoCodec codec;
  codec.codecType = type;
  codec.width = static_cast<uint16_t>(width);
  codec.height = static_cast<uint16_t>(height);
  codec.startBitrate = kilobits;
  codec.maxBitrate = kilobits;
  codec.minBitrate = kMinKilobits;
  codec.maxFramerate = kMaxFrameRate;
  codec.active = true;
  codec.qpMax = type == webrtc::kVideoCodecH264 ? kMaxQuantizerH264 : kMaxQuantizerVpx;
  codec.mode = is_screencast ? webrtc::VideoCodecMode::kScreensharing
                             : webrtc::VideoCodecMode::kRealtimeVideo;
  codec.SetFrameDropEnabled(false);
  switch (type) {
    case webrtc::kVideoCodecVP9:
      *codec.VP9() = webrtc::VideoEncoder::GetDefaultVp9Settings();
      codec.VP9()->automaticResizeOn = false;
      codec.VP9()->denoisingOn = false;
      break;
    case webrtc::kVideoCodecAV1:
      codec.AV1()->automatic_resize_on = false;
      codec.SetScalabilityMode(webrtc::ScalabilityMode::kL1T1);
      break;
    case webrtc::kVideoCodecH264:
      *codec.H264() = webrtc::VideoEncoder::GetDefaultH264Settings();
      break;
    default:
      *codec.VP8() = webrtc::VideoEncoder::GetDefaultVp8Settings();
      codec.VP8()->denoisingOn = false;
      break;
  }
  codec.numberOfSimulcastStreams = 1;
  webrtc::SimulcastStream& stream = codec.simulcastStream[0];
  stream.width = width;
  stream.height = height;
  stream.maxFramerate = kMaxFrameRate;
  stream.numberOfTemporalLayers = 1;
  stream.maxBitrate = kilobits;
  stream.targetBitrate = kilobits;
  stream.minBitrate = kMinKilobits;
  stream.qpMax = codec.qpMax;
  stream.active = true;
  return codec;
}

// An encoder and the frames on their way to it. Frames come on whatever thread produces them.
class VideoEncoding final : public VideoConsumer,
                            public webrtc::EncodedImageCallback,
                            public std::enable_shared_from_this<VideoEncoding> {
 public:
  VideoEncoding(const webrtc::Environment& environment, std::shared_ptr<TaskPool::Queue> queue,
                const VideoEncodingOptions& options, std::shared_ptr<EncodedConsumer> consumer)
      : environment_(environment),
        options_(options),
        type_(webrtc::PayloadStringToCodecType(options.codec)),
        queue_(std::move(queue)),
        consumer_(std::move(consumer)),
        bits_per_second_(options.bits_per_second) {}
  ~VideoEncoding() override {
    if (encoder_) encoder_->Release();
  }

  void RequestKeyFrame() {
    webrtc::MutexLock lock(&mutex_);
    key_requested_ = true;
  }
  void SetBitrate(int bits_per_second) {
    webrtc::MutexLock lock(&mutex_);
    bits_per_second_ = bits_per_second;
  }
  void Close() {
    // Released outside the lock.
    std::deque<Waiting> frames;
    webrtc::MutexLock lock(&mutex_);
    closed_ = true;
    frames.swap(waiting_);
  }

  // VideoConsumer
  void OnFrame(const webrtc::VideoFrame& frame) override {
    Waiting waiting{
        .frame = frame,
        // Scripts give their frames the times they like.
        .timestamp_us = aligner_.TranslateTimestamp(frame.timestamp_us(), webrtc::TimeMicros())};
    std::optional<Waiting> overdue;
    webrtc::MutexLock lock(&mutex_);
    if (closed_) return;
    if (waiting_.size() == kMaxWaitingFrames) {
      overdue = std::move(waiting_.front());
      waiting_.pop_front();
    }
    waiting_.push_back(std::move(waiting));
    Schedule();
  }
  void OnEnded() override {
    webrtc::MutexLock lock(&mutex_);
    ended_ = true;
    if (!closed_) Schedule();
  }

 private:
  struct Waiting {
    webrtc::VideoFrame frame;
    int64_t timestamp_us;
  };
  // A frame that the encoder has.
  struct Encoding {
    uint32_t rtp_timestamp;
    int64_t timestamp_us;
    int rotation;
  };
  struct Wishes {
    int bits_per_second;
    bool key;
  };

  void Schedule() RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(scheduled_, true)) return;
    queue_->PostTask([self = shared_from_this()] { self->EncodeNext(); });
  }

  // Everything below runs on the queue. One frame for each task, so that all encoders get on.
  void EncodeNext() {
    std::optional<Waiting> next;
    Wishes wishes;
    bool ended;
    {
      webrtc::MutexLock lock(&mutex_);
      scheduled_ = false;
      if (closed_) return;
      if (!waiting_.empty()) {
        next = std::move(waiting_.front());
        waiting_.pop_front();
        wishes = {.bits_per_second = bits_per_second_, .key = std::exchange(key_requested_, false)};
      }
      ended = waiting_.empty() && ended_;
      if (!waiting_.empty()) Schedule();
    }
    if (next && !failed_) Encode(next->frame, next->timestamp_us, wishes);
    if (ended && !failed_) consumer_->OnEnded();
  }

  void Encode(const webrtc::VideoFrame& frame, int64_t timestamp_us, Wishes wishes) {
    webrtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer = Convert(*frame.video_frame_buffer());
    if (!buffer) return;
    if (buffer->width() != width_ || buffer->height() != height_) {
      if (!Configure(buffer->width(), buffer->height(), wishes.bits_per_second)) return;
      wishes.key = true;
    }
    UpdateRates(timestamp_us, wishes.bits_per_second);
    const bool key = wishes.key || IsKeyFrameDue(timestamp_us);
    const auto rtp_timestamp = static_cast<uint32_t>(timestamp_us * 9 / 100);
    encoding_.push_back({.rtp_timestamp = rtp_timestamp,
                         .timestamp_us = timestamp_us,
                         .rotation = frame.rotation()});
    ++frames_since_key_;
    webrtc::VideoFrame::Builder builder;
    builder.set_video_frame_buffer(buffer)
        .set_rtp_timestamp(rtp_timestamp)
        .set_timestamp_us(timestamp_us)
        .set_rotation(frame.rotation());
    builder.set_color_space(frame.color_space());
    const std::vector<webrtc::VideoFrameType> types = {
        key ? webrtc::VideoFrameType::kVideoFrameKey : webrtc::VideoFrameType::kVideoFrameDelta};
    if (encoder_->Encode(builder.build(), &types) < WEBRTC_VIDEO_CODEC_OK) {
      Fail("The encoder could not encode a frame");
    }
  }

  // What the encoders take.
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> Convert(webrtc::VideoFrameBuffer& source) {
    webrtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer(&source);
    const bool takes_nv12 = type_ == webrtc::kVideoCodecVP8 || type_ == webrtc::kVideoCodecVP9;
    if (buffer->type() != webrtc::VideoFrameBuffer::Type::kI420 &&
        !(takes_nv12 && buffer->type() == webrtc::VideoFrameBuffer::Type::kNV12)) {
      buffer = buffer->ToI420();
    }
    // OpenH264 takes even sizes only.
    if (buffer && type_ == webrtc::kVideoCodecH264 &&
        (buffer->width() % 2 != 0 || buffer->height() % 2 != 0)) {
      const int width = buffer->width() & ~1, height = buffer->height() & ~1;
      if (width == 0 || height == 0) return nullptr;
      buffer = buffer->CropAndScale(0, 0, width, height, width, height);
    }
    return buffer;
  }

  bool Configure(int width, int height, int bits_per_second) {
    if (encoder_) encoder_->Release();
    encoding_.clear();
    width_ = width;
    height_ = height;
    if (!encoder_) {
      factory_ = webrtc::CreateBuiltinVideoEncoderFactory();
      encoder_ = factory_->Create(environment_, FormatOf(type_));
    }
    if (!encoder_) {
      Fail(std::string("There is no encoder of ") + options_.codec);
      return false;
    }
    const webrtc::VideoCodec codec =
        CodecFor(type_, width, height, bits_per_second, options_.is_screencast);
    webrtc::VideoEncoder::Settings settings(
        webrtc::VideoEncoder::Capabilities(/*loss_notification=*/false), kCores, kMaxPayloadSize);
    settings.encoder_thread_limit = kCores;
    if (encoder_->InitEncode(&codec, settings) < WEBRTC_VIDEO_CODEC_OK) {
      Fail("The encoder does not take frames of " + std::to_string(width) + " x " +
           std::to_string(height));
      return false;
    }
    encoder_->RegisterEncodeCompleteCallback(this);
    told_bits_per_second_ = 0;
    return true;
  }

  void UpdateRates(int64_t timestamp_us, int bits_per_second) {
    if (last_frame_us_ != 0 && timestamp_us > last_frame_us_) {
      const double interval = static_cast<double>(timestamp_us - last_frame_us_);
      // A pause says nothing about the rate.
      if (interval < 1'000'000) interval_us_ += kIntervalWeight * (interval - interval_us_);
    }
    last_frame_us_ = timestamp_us;
    const double rate = 1'000'000 / interval_us_;
    if (bits_per_second == told_bits_per_second_ &&
        std::abs(rate - told_frame_rate_) < kFrameRateTolerance * told_frame_rate_) {
      return;
    }
    told_bits_per_second_ = bits_per_second;
    told_frame_rate_ = rate;
    webrtc::VideoBitrateAllocation allocation;
    allocation.SetBitrate(0, 0, static_cast<uint32_t>(bits_per_second));
    encoder_->SetRates(webrtc::VideoEncoder::RateControlParameters(allocation, rate));
  }

  bool IsKeyFrameDue(int64_t timestamp_us) const {
    if (options_.key_frame_interval_ms &&
        timestamp_us - last_key_us_ >= *options_.key_frame_interval_ms * 1000) {
      return true;
    }
    return options_.key_frame_interval_frames &&
           frames_since_key_ + 1 >= *options_.key_frame_interval_frames;
  }

  void Fail(std::string message) {
    failed_ = true;
    consumer_->OnFailed(std::move(message));
  }

  // webrtc::EncodedImageCallback. Inside `Encode`.
  Result OnEncodedImage(const webrtc::EncodedImage& image,
                        const webrtc::CodecSpecificInfo*) override {
    const Result result(Result::OK, image.RtpTimestamp());
    // What the encoder has dropped has no image.
    while (!encoding_.empty() && encoding_.front().rtp_timestamp != image.RtpTimestamp()) {
      encoding_.pop_front();
    }
    if (encoding_.empty() || image.size() == 0) return result;
    const Encoding frame = encoding_.front();
    encoding_.pop_front();
    EncodedChunk chunk{.codec = options_.codec,
                       .buffer = image.GetEncodedData(),
                       .size = image.size(),
                       .key = image.IsKey(),
                       .timestamp_us = frame.timestamp_us,
                       .width = width_,
                       .height = height_,
                       .rotation = frame.rotation};
    if (type_ == webrtc::kVideoCodecAV1) {
      chunk.offset = Av1DelimiterSize(chunk.bytes());
      chunk.size -= chunk.offset;
    }
    if (chunk.key) {
      last_key_us_ = frame.timestamp_us;
      frames_since_key_ = 0;
    }
    consumer_->OnChunk(chunk);
    return result;
  }
  void OnFrameDropped(uint32_t, int, bool) override {}

  const webrtc::Environment environment_;
  const VideoEncodingOptions options_;
  const webrtc::VideoCodecType type_;
  const std::shared_ptr<TaskPool::Queue> queue_;
  const std::shared_ptr<EncodedConsumer> consumer_;
  // Used by frames only, which come one at a time.
  webrtc::TimestampAligner aligner_;

  webrtc::Mutex mutex_;
  std::deque<Waiting> waiting_ RTC_GUARDED_BY(mutex_);
  int bits_per_second_ RTC_GUARDED_BY(mutex_);
  bool key_requested_ RTC_GUARDED_BY(mutex_) = false;
  bool scheduled_ RTC_GUARDED_BY(mutex_) = false;
  bool ended_ RTC_GUARDED_BY(mutex_) = false;
  bool closed_ RTC_GUARDED_BY(mutex_) = false;

  // The queue's. Encoders make others by their factory.
  std::unique_ptr<webrtc::VideoEncoderFactory> factory_;
  std::unique_ptr<webrtc::VideoEncoder> encoder_;
  std::deque<Encoding> encoding_;
  int width_ = 0;
  int height_ = 0;
  int64_t last_frame_us_ = 0;
  double interval_us_ = 1'000'000 / kInitialFrameRate;
  int told_bits_per_second_ = 0;
  double told_frame_rate_ = 0;
  int64_t last_key_us_ = 0;
  int64_t frames_since_key_ = 0;
  bool failed_ = false;
};

class VideoEncodingFeed final : public EncodedFeed {
 public:
  VideoEncodingFeed(Runtime::Lease engine, webrtc::scoped_refptr<VideoTrackNode> node,
                    std::shared_ptr<VideoEncoding> encoding)
      : engine_(std::move(engine)), node_(std::move(node)), encoding_(std::move(encoding)) {
    node_->AddConsumer(encoding_.get());
  }
  ~VideoEncodingFeed() override {
    node_->RemoveConsumer(encoding_.get());
    encoding_->Close();
  }

  void RequestKeyFrame() override { encoding_->RequestKeyFrame(); }
  void SetBitrate(int bits_per_second) override { encoding_->SetBitrate(bits_per_second); }

 private:
  Runtime::Lease engine_;
  const webrtc::scoped_refptr<VideoTrackNode> node_;
  const std::shared_ptr<VideoEncoding> encoding_;
};

}  // namespace

std::unique_ptr<EncodedFeed> StartVideoEncoding(Runtime& runtime,
                                                webrtc::scoped_refptr<VideoTrackNode> node,
                                                const VideoEncodingOptions& options,
                                                std::shared_ptr<EncodedConsumer> consumer) {
  Runtime::Lease engine = runtime.Acquire();
  if (!engine) return nullptr;
  auto encoding = std::make_shared<VideoEncoding>(
      engine->environment(), runtime.task_pool()->CreateQueue(TaskPool::Priority::kVideo), options,
      std::move(consumer));
  return std::make_unique<VideoEncodingFeed>(std::move(engine), std::move(node),
                                             std::move(encoding));
}

}  // namespace node_libwebrtc
