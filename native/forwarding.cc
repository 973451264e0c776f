#include "native/forwarding.h"

#include <string>
#include <utility>

#include "api/make_ref_counted.h"
#include "audio/channel_send_frame_transformer_delegate.h"
#include "native/bridge/convert.h"
#include "native/forwarded_track.h"
#include "rtc_base/crypto_random.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// Publishers are asked for key frames no more often than this, however many viewers want one.
constexpr int64_t kRequestIntervalUs = 500'000;

}  // namespace

// ---- ForwardingHub

void ForwardingHub::Add(Output* output) {
  outputs_.Add(output);
  if (output_count_++ > 0) return;
  pipe_->AddObserver(this);
  if (origin_) origin_->AddEncodedConsumer(&encoded_only_);
}

void ForwardingHub::Remove(Output* output) {
  outputs_.Remove(output);
  if (--output_count_ > 0) return;
  if (origin_) origin_->RemoveEncodedConsumer(&encoded_only_);
  pipe_->RemoveObserver(this);
  // What comes when there is an output again does not follow what came last.
  sequencer_ = PictureSequencer();
}

void ForwardingHub::OnFrame(const webrtc::TransformableFrameInterface& frame) {
  if (!is_video()) {
    outputs_.ForEach([&](Output& output) {
      output.OnPacket(static_cast<const webrtc::TransformableAudioFrameInterface&>(frame));
    });
    return;
  }
  const uint64_t dropped = sequencer_.dropped();
  const auto pictures = sequencer_.Insert(
      static_cast<const webrtc::TransformableVideoFrameInterface&>(frame), webrtc::TimeMicros());
  if (const uint64_t more = sequencer_.dropped() - dropped; more > 0) {
    outputs_.ForEach([&](Output& output) { output.OnDropped(more); });
  }
  for (const auto& picture : pictures) {
    outputs_.ForEach([&](Output& output) { output.OnPicture(picture); });
  }
  if (sequencer_.needs_key_frame()) RequestKeyFrame();
}

bool ForwardingHub::RequestKeyFrame() {
  webrtc::MutexLock lock(&request_mutex_);
  const int64_t now_us = webrtc::TimeMicros();
  if (requested_us_ && now_us - *requested_us_ < kRequestIntervalUs) return false;
  requested_us_ = now_us;
  request_key_frame_();
  return true;
}

// ---- RtpTimeline

void RtpTimeline::Restart() {
  webrtc::MutexLock lock(&mutex_);
  offset_.reset();
}

uint32_t RtpTimeline::Map(uint32_t rtp_timestamp, int clock_rate) {
  webrtc::MutexLock lock(&mutex_);
  const int64_t now_us = webrtc::TimeMicros();
  if (!offset_) {
    const uint32_t first =
        last_ ? *last_ + static_cast<uint32_t>((now_us - last_us_) * clock_rate / 1'000'000)
              : webrtc::CreateRandomId();
    offset_ = first - rtp_timestamp;
  }
  const uint32_t mapped = rtp_timestamp + *offset_;
  // Late packets do not turn time back.
  if (!last_ || static_cast<int32_t>(mapped - *last_) > 0) {
    last_ = mapped;
    last_us_ = now_us;
  }
  return mapped;
}

// ---- ForwardingHandle

// Outlives the handle in frames that encoders still have.
class ForwardingHandle::Counters : public ForwardingLink {
 public:
  Counters(EventLoop& loop, WeakHandle<ForwardingHandle> handle, std::shared_ptr<ForwardingHub> hub)
      : loop_(loop), handle_(std::move(handle)), hub_(std::move(hub)) {}

  uint64_t frames() const { return frames_; }
  uint64_t key_frames() const { return key_frames_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t dropped() const { return dropped_; }
  uint64_t key_frames_requested() const { return key_frames_requested_; }
  // Nobody is told anything any more.
  void Close() {
    webrtc::MutexLock lock(&mutex_);
    hub_ = nullptr;
  }

  // ForwardingLink
  void OnSent(size_t bytes, bool key) override {
    ++frames_;
    if (key) ++key_frames_;
    bytes_ += bytes;
  }
  void OnDropped(uint64_t count) override { dropped_ += count; }
  void RequestKeyFrame() override {
    std::shared_ptr<ForwardingHub> hub;
    {
      webrtc::MutexLock lock(&mutex_);
      hub = hub_;
    }
    if (hub && hub->RequestKeyFrame()) ++key_frames_requested_;
  }
  void OnMismatch(int payload_type) override {
    webrtc::MutexLock lock(&mutex_);
    if (!hub_ || reported_ == payload_type) return;
    reported_ = payload_type;
    Handle::Post(loop_, handle_, "mismatch",
                 [payload_type](Napi::Env env, SinkArguments& arguments) {
                   arguments.push_back(ToJs(env, payload_type));
                 });
  }

 private:
  using Handle = node_libwebrtc::Handle<ForwardingHandle>;

  EventLoop& loop_;
  const WeakHandle<ForwardingHandle> handle_;
  std::atomic<uint64_t> frames_ = 0;
  std::atomic<uint64_t> key_frames_ = 0;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<uint64_t> dropped_ = 0;
  std::atomic<uint64_t> key_frames_requested_ = 0;
  webrtc::Mutex mutex_;
  std::shared_ptr<ForwardingHub> hub_ RTC_GUARDED_BY(mutex_);
  int reported_ RTC_GUARDED_BY(mutex_) = -1;
};

class ForwardingHandle::VideoOutput final : public ForwardingHub::Output {
 public:
  explicit VideoOutput(webrtc::scoped_refptr<Counters> counters) : counters_(std::move(counters)) {}

  const webrtc::scoped_refptr<ForwardedVideoSource>& source() const { return source_; }

  // ForwardingHub::Output
  void OnPicture(const std::shared_ptr<const ForwardedPicture>& picture) override {
    source_->Push(picture, counters_);
  }
  void OnDropped(uint64_t count) override { counters_->OnDropped(count); }

 private:
  const webrtc::scoped_refptr<Counters> counters_;
  const webrtc::scoped_refptr<ForwardedVideoSource> source_ =
      webrtc::make_ref_counted<ForwardedVideoSource>();
};

class ForwardingHandle::AudioOutput final : public ForwardingHub::Output {
 public:
  AudioOutput(webrtc::scoped_refptr<Counters> counters, webrtc::scoped_refptr<FramePipe> pipe,
              std::shared_ptr<RtpTimeline> timeline, std::map<int, int> payload_types,
              int clock_rate)
      : counters_(std::move(counters)),
        pipe_(std::move(pipe)),
        timeline_(std::move(timeline)),
        payload_types_(std::move(payload_types)),
        clock_rate_(clock_rate) {}

  // ForwardingHub::Output
  void OnPacket(const webrtc::TransformableAudioFrameInterface& packet) override {
    const auto payload_type = payload_types_.find(packet.GetPayloadType());
    if (payload_type == payload_types_.end()) {
      counters_->OnMismatch(packet.GetPayloadType());
      counters_->OnDropped(1);
      return;
    }
    // Copies and changes nothing; it is not declared so.
    auto copy = webrtc::CloneSenderAudioFrame(
        const_cast<webrtc::TransformableAudioFrameInterface*>(&packet));
    copy->SetRTPTimestamp(timeline_->Map(packet.GetTimestamp(), clock_rate_));
    if (copy->GetPayloadType() != payload_type->second) {
      copy->SetPayloadType(static_cast<uint8_t>(payload_type->second));
    }
    const size_t size = copy->GetData().size();
    pipe_->Inject(std::move(copy));
    counters_->OnSent(size, /*key=*/true);
  }
  void OnDropped(uint64_t count) override { counters_->OnDropped(count); }

 private:
  const webrtc::scoped_refptr<Counters> counters_;
  const webrtc::scoped_refptr<FramePipe> pipe_;
  const std::shared_ptr<RtpTimeline> timeline_;
  const std::map<int, int> payload_types_;
  const int clock_rate_;
};

void ForwardingHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceMethod<&ForwardingHandle::Statistics>("statistics"),
                                  InstanceMethod<&ForwardingHandle::Close>("close"),
                              }));
}

Napi::Value ForwardingHandle::New(Runtime& runtime, Init init) {
  return NewHandle<ForwardingHandle>(runtime, std::move(init));
}

ForwardingHandle::ForwardingHandle(const Napi::CallbackInfo& info)
    : Handle<ForwardingHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  hub_ = std::move(init->hub);
  counters_ = webrtc::make_ref_counted<Counters>(loop(), Weak(), hub_);
  ForwardingTarget& target = init->target;
  if (hub_->is_video()) {
    video_ = std::make_unique<VideoOutput>(counters_);
    target.sender->SetTrack(CreateForwardedTrack(video_->source()).get());
    hub_->Add(video_.get());
  } else {
    target.pipe->Register();
    target.timeline->Restart();
    audio_ = std::make_unique<AudioOutput>(counters_, target.pipe, target.timeline,
                                           std::move(init->payload_types), init->clock_rate);
    target.sender->SetTrack(CreateIdleAudioTrack().get());
    hub_->Add(audio_.get());
  }
}

ForwardingHandle::~ForwardingHandle() { Detach(); }

void ForwardingHandle::Detach() {
  std::shared_ptr<ForwardingHub> hub = std::exchange(hub_, nullptr);
  if (!hub) return;
  if (video_) hub->Remove(video_.get());
  if (audio_) hub->Remove(audio_.get());
  counters_->Close();
}

// ---- `NativeForwarding`

Napi::Value ForwardingHandle::Statistics(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto count = [&](uint64_t (Counters::*get)() const) {
    return ToJs(env, counters_ ? static_cast<double>((*counters_.*get)()) : 0.0);
  };
  return {env, MakeObject(env, {{"frames", count(&Counters::frames)},
                                {"keyFrames", count(&Counters::key_frames)},
                                {"bytes", count(&Counters::bytes)},
                                {"dropped", count(&Counters::dropped)},
                                {"keyFramesRequested", count(&Counters::key_frames_requested)}})};
}

void ForwardingHandle::Close(const Napi::CallbackInfo&) { Detach(); }

}  // namespace node_libwebrtc
