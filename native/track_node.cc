#include "native/track_node.h"

#include <algorithm>
#include <cmath>

#include "api/make_ref_counted.h"
#include "api/video/i420_buffer.h"
#include "api/video/video_rotation.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// The weight of the newest interval in the average of the frame rate.
constexpr double kIntervalWeight = 0.1;

struct Size {
  int width;
  int height;
};

// A part of the middle of the frame, and the size to which it is scaled.
struct Scaling {
  Size crop;
  Size scale;
};

int Scale(int length, double factor) {
  return std::max(1, static_cast<int>(std::lround(length * factor)));
}

// Of the upright frame.
Scaling ScalingFor(Size size, const VideoTrackFormat& format) {
  const Size target{.width = std::min(format.width.value_or(size.width), size.width),
                    .height = std::min(format.height.value_or(size.height), size.height)};
  const double x = static_cast<double>(target.width) / size.width;
  const double y = static_cast<double>(target.height) / size.height;
  if (!format.crop) {
    const double factor = std::min(x, y);
    return {.crop = size, .scale = {Scale(size.width, factor), Scale(size.height, factor)}};
  }
  const double factor = std::max(x, y);
  return {.crop = {std::min(size.width, Scale(target.width, 1 / factor)),
                   std::min(size.height, Scale(target.height, 1 / factor))},
          .scale = target};
}

Size Turned(Size size) { return {.width = size.height, .height = size.width}; }

bool IsTurned(const webrtc::VideoFrame& frame) {
  return frame.rotation() == webrtc::kVideoRotation_90 ||
         frame.rotation() == webrtc::kVideoRotation_270;
}

}  // namespace

// ---- What both kinds have

// Gives what the origin gets encoded to the track's own consumers, so that it ends with the track.
class TrackNode::EncodedFanOut final : public EncodedConsumer {
 public:
  // The origin feeds this while there are consumers. On the JS thread.
  void Add(webrtc::scoped_refptr<MediaOrigin> origin, EncodedConsumer* consumer) {
    fan_out_.Add(consumer);
    if (origin_) {
      origin_->RequestKeyFrame();
    } else if (origin) {
      origin_ = std::move(origin);
      origin_->AddEncodedConsumer(this);
    }
  }
  void Remove(EncodedConsumer* consumer) {
    fan_out_.Remove(consumer);
    if (fan_out_.empty()) Detach();
  }
  void Stop() {
    Detach();
    fan_out_.End();
  }
  void RequestKeyFrame() {
    if (origin_) origin_->RequestKeyFrame();
  }

 private:
  void Detach() {
    if (auto origin = std::exchange(origin_, nullptr)) origin->RemoveEncodedConsumer(this);
  }

  // EncodedConsumer
  void OnChunk(const EncodedChunk& chunk) override {
    fan_out_.ForEach([&](EncodedConsumer& consumer) { consumer.OnChunk(chunk); });
  }
  void OnSenderReport(const SenderReportTimes& report) override {
    fan_out_.ForEach([&](EncodedConsumer& consumer) { consumer.OnSenderReport(report); });
  }
  void OnEnded() override { fan_out_.End(); }
  void OnFailed(std::string) override { fan_out_.End(); }

  // Null while nobody is fed.
  webrtc::scoped_refptr<MediaOrigin> origin_;
  FanOut<EncodedConsumer> fan_out_;
};

TrackNode::TrackNode() : encoded_(std::make_unique<EncodedFanOut>()) {}

TrackNode::~TrackNode() = default;

bool TrackNode::has_encoded_media() const {
  const webrtc::scoped_refptr<MediaOrigin> from = origin();
  return from && from->has_encoded_media();
}

void TrackNode::AddEncodedConsumer(EncodedConsumer* consumer) { encoded_->Add(origin(), consumer); }

void TrackNode::RemoveEncodedConsumer(EncodedConsumer* consumer) { encoded_->Remove(consumer); }

void TrackNode::RequestKeyFrame() { encoded_->RequestKeyFrame(); }

void TrackNode::StopEncoded() { encoded_->Stop(); }

void TrackNode::UpdateDemand() {
  webrtc::MutexLock lock(&demand_mutex_);
  webrtc::scoped_refptr<MediaOrigin> from = origin();
  if (!from) return;
  const bool demanding = has_consumers();
  if (std::exchange(demanding_, demanding) == demanding) return;
  if (demanding) {
    from->AddDemand();
  } else {
    from->RemoveDemand();
  }
}

void TrackNode::SetContentHint(std::string hint) {
  {
    webrtc::MutexLock lock(&hint_mutex_);
    content_hint_ = std::move(hint);
  }
  NotifyObservers();
}

std::string TrackNode::content_hint() const {
  webrtc::MutexLock lock(&hint_mutex_);
  return content_hint_;
}

void TrackNode::AddObserver(Observer* observer) {
  webrtc::MutexLock lock(&observers_mutex_);
  observers_.push_back(observer);
}

void TrackNode::RemoveObserver(Observer* observer) {
  webrtc::MutexLock lock(&observers_mutex_);
  std::erase(observers_, observer);
}

void TrackNode::NotifyObservers() {
  webrtc::MutexLock lock(&observers_mutex_);
  for (Observer* observer : observers_) observer->OnTrackChanged();
}

// ---- Video

webrtc::scoped_refptr<VideoTrackNode> VideoTrackNode::Create(
    webrtc::scoped_refptr<VideoOrigin> origin) {
  auto node = webrtc::make_ref_counted<VideoTrackNode>(origin);
  if (origin) origin->AddConsumer(node.get());
  return node;
}

VideoTrackNode::VideoTrackNode(webrtc::scoped_refptr<VideoOrigin> origin)
    : is_screencast_(origin && origin->is_screencast()),
      needs_denoising_(origin ? origin->needs_denoising() : std::nullopt),
      origin_(std::move(origin)) {}

VideoTrackNode::~VideoTrackNode() { Stop(); }

webrtc::scoped_refptr<VideoTrackNode> VideoTrackNode::Clone() const {
  webrtc::scoped_refptr<VideoOrigin> origin;
  VideoTrackFormat format;
  bool enabled;
  {
    webrtc::MutexLock lock(&mutex_);
    origin = origin_;
    format = format_;
    enabled = enabled_;
  }
  auto clone = Create(std::move(origin));
  clone->SetFormat(format);
  clone->SetEnabled(enabled);
  clone->SetContentHint(content_hint());
  return clone;
}

void VideoTrackNode::AddConsumer(VideoConsumer* consumer) {
  consumers_.Add(consumer);
  UpdateDemand();
}

void VideoTrackNode::RemoveConsumer(VideoConsumer* consumer) {
  consumers_.Remove(consumer);
  UpdateDemand();
}

webrtc::scoped_refptr<MediaOrigin> VideoTrackNode::origin() const {
  webrtc::MutexLock lock(&mutex_);
  return origin_;
}

void VideoTrackNode::SetFormat(const VideoTrackFormat& format) {
  webrtc::MutexLock lock(&mutex_);
  format_ = format;
  next_frame_us_.reset();
  // The rate is measured anew.
  interval_us_ = 0;
  last_frame_us_ = 0;
}

std::optional<VideoTrackStatus> VideoTrackNode::status() const {
  webrtc::MutexLock lock(&mutex_);
  if (width_ == 0) return std::nullopt;
  return VideoTrackStatus{.width = width_,
                          .height = height_,
                          .frame_rate = interval_us_ > 0 ? 1'000'000 / interval_us_ : 0,
                          .source_width = source_width_,
                          .source_height = source_height_};
}

VideoTrackCounters VideoTrackNode::counters() const {
  webrtc::MutexLock lock(&mutex_);
  return counters_;
}

void VideoTrackNode::SetEnabled(bool enabled) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (std::exchange(enabled_, enabled) == enabled) return;
    if (enabled) black_ = nullptr;
  }
  NotifyObservers();
}

bool VideoTrackNode::enabled() const {
  webrtc::MutexLock lock(&mutex_);
  return enabled_;
}

void VideoTrackNode::Stop() {
  // What ends has no consumers, and so no demand.
  StopEncoded();
  consumers_.End();
  UpdateDemand();
  webrtc::scoped_refptr<VideoOrigin> origin;
  {
    webrtc::MutexLock lock(&mutex_);
    origin = std::move(origin_);
    on_ended_ = nullptr;
  }
  if (origin) origin->RemoveConsumer(this);
}

bool VideoTrackNode::ended() const {
  webrtc::MutexLock lock(&mutex_);
  return !origin_ || origin_ended_;
}

void VideoTrackNode::SetEndedCallback(absl::AnyInvocable<void()> on_ended) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (!origin_ended_) {
      on_ended_ = std::move(on_ended);
      return;
    }
  }
  if (on_ended) on_ended();
}

void VideoTrackNode::OnFrame(const webrtc::VideoFrame& frame) {
  if (std::optional<webrtc::VideoFrame> adapted = Adapt(frame)) {
    consumers_.ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(*adapted); });
  } else {
    consumers_.ForEach([](VideoConsumer& consumer) { consumer.OnDiscardedFrame(); });
  }
}

void VideoTrackNode::OnEnded() {
  absl::AnyInvocable<void()> on_ended;
  {
    // The origin is not released here: it is what calls.
    webrtc::MutexLock lock(&mutex_);
    origin_ended_ = true;
    on_ended = std::move(on_ended_);
  }
  consumers_.End();
  if (on_ended) on_ended();
}

std::optional<webrtc::VideoFrame> VideoTrackNode::Adapt(const webrtc::VideoFrame& frame) {
  Scaling scaling;
  webrtc::VideoFrame result = frame;
  {
    webrtc::MutexLock lock(&mutex_);
    const bool is_taken = TakesFrameAt(frame.timestamp_us());
    if (enabled_) ++(is_taken ? counters_.delivered_frames : counters_.discarded_frames);
    if (!is_taken) return std::nullopt;
    const bool turned = IsTurned(frame);
    const Size size{.width = frame.width(), .height = frame.height()};
    const Size upright = turned ? Turned(size) : size;
    source_width_ = upright.width;
    source_height_ = upright.height;
    scaling = ScalingFor(upright, format_);
    Measure(scaling.scale.width, scaling.scale.height);
    if (turned) scaling = {.crop = Turned(scaling.crop), .scale = Turned(scaling.scale)};
    if (!enabled_) {
      result.set_video_frame_buffer(BlackBuffer(scaling.scale.width, scaling.scale.height));
      result.clear_update_rect();
      return result;
    }
  }
  if (scaling.scale.width != frame.width() || scaling.scale.height != frame.height()) {
    // Where chroma is subsampled, a crop begins at an even place.
    const int x = (frame.width() - scaling.crop.width) / 2 & ~1;
    const int y = (frame.height() - scaling.crop.height) / 2 & ~1;
    result.set_video_frame_buffer(frame.video_frame_buffer()->CropAndScale(
        x, y, scaling.crop.width, scaling.crop.height, scaling.scale.width, scaling.scale.height));
    result.clear_update_rect();
  }
  return result;
}

void VideoTrackNode::Measure(int width, int height) {
  const int64_t now_us = webrtc::TimeMicros();
  width_ = width;
  height_ = height;
  if (last_frame_us_ != 0) {
    const double interval = static_cast<double>(now_us - last_frame_us_);
    interval_us_ =
        interval_us_ > 0 ? interval_us_ + kIntervalWeight * (interval - interval_us_) : interval;
  }
  last_frame_us_ = now_us;
}

void VideoTrackNode::OnUndecodedFrame(int width, int height) {
  if (width <= 0 || height <= 0) return;
  webrtc::MutexLock lock(&mutex_);
  const Scaling scaling = ScalingFor({.width = width, .height = height}, format_);
  Measure(scaling.scale.width, scaling.scale.height);
}

bool VideoTrackNode::TakesFrameAt(int64_t timestamp_us) {
  if (!format_.frame_rate) return true;
  const double interval_us = 1'000'000 / *format_.frame_rate;
  const double time_us = static_cast<double>(timestamp_us);
  if (!next_frame_us_ || std::abs(*next_frame_us_ - time_us) > 2 * interval_us) {
    // Half an interval of slack, so that frames which come a little early are taken too.
    next_frame_us_ = time_us + interval_us / 2;
    return true;
  }
  if (time_us < *next_frame_us_) return false;
  *next_frame_us_ += interval_us;
  return true;
}

webrtc::scoped_refptr<webrtc::VideoFrameBuffer> VideoTrackNode::BlackBuffer(int width, int height) {
  if (!black_ || black_->width() != width || black_->height() != height) {
    auto buffer = webrtc::I420Buffer::Create(width, height);
    webrtc::I420Buffer::SetBlack(buffer.get());
    black_ = std::move(buffer);
  }
  return black_;
}

// ---- Audio

webrtc::scoped_refptr<AudioTrackNode> AudioTrackNode::Create(
    webrtc::scoped_refptr<AudioOrigin> origin) {
  auto node = webrtc::make_ref_counted<AudioTrackNode>(origin);
  if (origin) origin->AddConsumer(node.get());
  return node;
}

AudioTrackNode::AudioTrackNode(webrtc::scoped_refptr<AudioOrigin> origin)
    : origin_(std::move(origin)) {}

AudioTrackNode::~AudioTrackNode() { Stop(); }

webrtc::scoped_refptr<AudioTrackNode> AudioTrackNode::Clone() const {
  webrtc::scoped_refptr<AudioOrigin> origin;
  AudioTrackFormat format;
  std::shared_ptr<EchoReference> echo_reference;
  bool enabled;
  {
    webrtc::MutexLock lock(&mutex_);
    origin = origin_;
    format = format_;
    echo_reference = echo_reference_;
    enabled = enabled_;
  }
  auto clone = Create(std::move(origin));
  clone->SetFormat(format, std::move(echo_reference));
  clone->SetEnabled(enabled);
  clone->SetContentHint(content_hint());
  return clone;
}

void AudioTrackNode::AddConsumer(AudioConsumer* consumer) {
  consumers_.Add(consumer);
  UpdateDemand();
}

void AudioTrackNode::RemoveConsumer(AudioConsumer* consumer) {
  consumers_.Remove(consumer);
  UpdateDemand();
}

webrtc::scoped_refptr<MediaOrigin> AudioTrackNode::origin() const {
  webrtc::MutexLock lock(&mutex_);
  return origin_;
}

void AudioTrackNode::SetFormat(const AudioTrackFormat& format,
                               std::shared_ptr<EchoReference> echo_reference) {
  auto adapter =
      format.changes() ? std::make_shared<AudioAdapter>(format, echo_reference) : nullptr;
  {
    webrtc::MutexLock lock(&mutex_);
    format_ = format;
    echo_reference_ = std::move(echo_reference);
    adapter_.swap(adapter);
  }
  // The one before goes here, outside the lock.
}

std::optional<AudioTrackStatus> AudioTrackNode::status() const {
  webrtc::MutexLock lock(&mutex_);
  return status_;
}

AudioTrackCounters AudioTrackNode::TakeCounters() {
  AudioTrackCounters counters;
  bool begins;
  {
    webrtc::MutexLock lock(&mutex_);
    counters = counters_;
    begins = !std::exchange(is_counting_, true);
  }
  if (begins) UpdateDemand();
  return counters;
}

void AudioTrackNode::ResetLatency() {
  webrtc::MutexLock lock(&mutex_);
  counters_.minimum_latency_ms = counters_.latency_ms;
  counters_.maximum_latency_ms = counters_.latency_ms;
  counters_.average_latency_ms = counters_.latency_ms;
  counters_.blocks = counters_.blocks > 0 ? 1 : 0;
}

bool AudioTrackNode::has_consumers() const {
  if (!consumers_.empty()) return true;
  webrtc::MutexLock lock(&mutex_);
  return is_counting_;
}

void AudioTrackNode::Count(size_t frames, int sample_rate) {
  const double duration_ms = 1000.0 * static_cast<double>(frames) / sample_rate;
  counters_.frames += frames;
  counters_.frames_ms += duration_ms;
  counters_.latency_ms = duration_ms;
  const bool is_first = counters_.blocks++ == 0;
  counters_.minimum_latency_ms =
      is_first ? duration_ms : std::min(counters_.minimum_latency_ms, duration_ms);
  counters_.maximum_latency_ms = std::max(counters_.maximum_latency_ms, duration_ms);
  counters_.average_latency_ms +=
      (duration_ms - counters_.average_latency_ms) / static_cast<double>(counters_.blocks);
}

void AudioTrackNode::SetEnabled(bool enabled) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (std::exchange(enabled_, enabled) == enabled) return;
  }
  NotifyObservers();
}

bool AudioTrackNode::enabled() const {
  webrtc::MutexLock lock(&mutex_);
  return enabled_;
}

void AudioTrackNode::Stop() {
  StopEncoded();
  consumers_.End();
  {
    webrtc::MutexLock lock(&mutex_);
    is_counting_ = false;
  }
  UpdateDemand();
  webrtc::scoped_refptr<AudioOrigin> origin;
  {
    webrtc::MutexLock lock(&mutex_);
    origin = std::move(origin_);
    on_ended_ = nullptr;
  }
  if (origin) origin->RemoveConsumer(this);
}

bool AudioTrackNode::ended() const {
  webrtc::MutexLock lock(&mutex_);
  return !origin_ || origin_ended_;
}

void AudioTrackNode::SetEndedCallback(absl::AnyInvocable<void()> on_ended) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (!origin_ended_) {
      on_ended_ = std::move(on_ended);
      return;
    }
  }
  if (on_ended) on_ended();
}

void AudioTrackNode::OnData(const void* audio_data, int bits_per_sample, int sample_rate,
                            size_t number_of_channels, size_t number_of_frames,
                            std::optional<int64_t> absolute_capture_timestamp_ms) {
  std::shared_ptr<AudioAdapter> adapter;
  bool enabled;
  {
    webrtc::MutexLock lock(&mutex_);
    adapter = adapter_;
    enabled = enabled_;
    if (enabled) Count(number_of_frames, sample_rate);
  }
  AudioBlock block{static_cast<const int16_t*>(audio_data), sample_rate, number_of_channels,
                   number_of_frames};
  if (adapter && !consumers_.empty()) block = adapter->Adapt(block);
  {
    webrtc::MutexLock lock(&mutex_);
    status_ = {.sample_rate = block.sample_rate, .channel_count = block.channels};
  }
  if (!enabled) {
    silence_.resize(block.channels * block.frames);
    block.samples = silence_.data();
  }
  consumers_.ForEach([&](AudioConsumer& consumer) {
    consumer.OnData(block.samples, bits_per_sample, block.sample_rate, block.channels, block.frames,
                    absolute_capture_timestamp_ms);
  });
}

void AudioTrackNode::OnEnded() {
  absl::AnyInvocable<void()> on_ended;
  {
    webrtc::MutexLock lock(&mutex_);
    origin_ended_ = true;
    on_ended = std::move(on_ended_);
  }
  consumers_.End();
  if (on_ended) on_ended();
}

}  // namespace node_libwebrtc
