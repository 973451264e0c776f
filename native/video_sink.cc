#include "native/video_sink.h"

#include <utility>
#include <vector>

#include "native/bridge/convert.h"
#include "native/sink_queue.h"
#include "native/video_frame.h"

namespace node_libwebrtc {

// Takes frames on the thread that produces them.
class VideoSinkHandle::Consumer final : public VideoConsumer {
 public:
  Consumer(EventLoop& loop, WeakHandle<VideoSinkHandle> handle, size_t max_queue_length)
      : loop_(loop), handle_(std::move(handle)), queue_(max_queue_length) {}

  SinkQueue<webrtc::VideoFrame>& queue() { return queue_; }

  // VideoConsumer
  void OnFrame(const webrtc::VideoFrame& frame) override {
    if (queue_.Push(frame)) WakeUp();
  }
  void OnEnded() override {
    if (queue_.End()) WakeUp();
  }

 private:
  void WakeUp() {
    loop_.Post([handle = handle_](Napi::Env) {
      if (VideoSinkHandle* sink = handle.get()) sink->Deliver();
    });
  }

  EventLoop& loop_;
  const WeakHandle<VideoSinkHandle> handle_;
  SinkQueue<webrtc::VideoFrame> queue_;
};

void VideoSinkHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(kClassName,
                         DefineClass(runtime.env(), kClassName,
                                     {
                                         InstanceAccessor<&VideoSinkHandle::Dropped>("dropped"),
                                         InstanceMethod<&VideoSinkHandle::Close>("close"),
                                     }));
}

Napi::Value VideoSinkHandle::Create(Runtime& runtime, webrtc::scoped_refptr<VideoTrackNode> node,
                                    napi_value options) {
  Napi::Env env = runtime.env();
  const int64_t length =
      ReadInteger(env, Member(env, options, "maxQueueLength"), 1, 1'000'000).value_or(1);
  return NewHandle<VideoSinkHandle>(
      runtime, {.node = std::move(node), .max_queue_length = static_cast<size_t>(length)});
}

VideoSinkHandle::VideoSinkHandle(const Napi::CallbackInfo& info) : Handle<VideoSinkHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  node_ = std::move(init->node);
  consumer_ = std::make_unique<Consumer>(loop(), Weak(), init->max_queue_length);
  node_->AddConsumer(consumer_.get());
}

VideoSinkHandle::~VideoSinkHandle() { Detach(); }

void VideoSinkHandle::Detach() {
  if (auto node = std::exchange(node_, nullptr)) node->RemoveConsumer(consumer_.get());
}

void VideoSinkHandle::Deliver() {
  // Between its collection and its finalizer a handle has no JS object any more.
  if (!node_ || !Value()) return;
  Napi::Env env = Env();
  napi_value sink = nullptr;
  if (!FindSinkFunction(env, Value(), &sink, "frames")) {
    consumer_->queue().Defer();
    return;
  }
  auto [frames, ended] = consumer_->queue().Take();
  // A task of its own, behind the frames.
  if (ended) Emit("ended");
  if (frames.empty()) return;
  CallSink(env, Value(), "frames", [&](Napi::Env, SinkArguments& arguments) {
    std::vector<napi_value> handles;
    handles.reserve(frames.size());
    for (webrtc::VideoFrame& frame : frames) {
      handles.push_back(VideoFrameHandle::New(runtime(), std::move(frame)));
    }
    arguments.push_back(MakeArray(env, handles));
  });
}

Napi::Value VideoSinkHandle::Dropped(const Napi::CallbackInfo& info) {
  const double dropped = consumer_ ? static_cast<double>(consumer_->queue().dropped()) : 0;
  return {info.Env(), ToJs(info.Env(), dropped)};
}

void VideoSinkHandle::Close(const Napi::CallbackInfo&) {
  Detach();
  if (consumer_) consumer_->queue().Take();
}

}  // namespace node_libwebrtc
