#include "native/script_transform.h"

#include <optional>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "native/bridge/convert.h"
#include "native/bridge/transfer_table.h"
#include "native/encoded_frame.h"
#include "native/event_log/key_frame_requests.h"

namespace node_libwebrtc {

namespace {

constexpr napi_type_tag kTypeTag = {0x7363726970742d74, 0x72616e73666f726d};

using Table = TransferTable<webrtc::scoped_refptr<ScriptTransform>>;

// What is on its way when an environment ends never arrives.
void DropTransfers(void* runtime) { Table::Get().Drop(runtime); }

}  // namespace

// ---- ScriptTransform

void ScriptTransform::SetPlace(Place place) {
  const std::shared_ptr<KeyFrameRequests> requests =
      place.is_sender && place.is_video ? place.key_frame_requests : nullptr;
  {
    // The last pipe is released outside the lock.
    webrtc::MutexLock lock(&mutex_);
    std::swap(place_, place);
    rids_.clear();
  }
  if (place.key_frame_requests) place.key_frame_requests->Remove(this);
  if (requests) requests->Add(this, [this](uint32_t ssrc) { OnKeyFrameRequest(ssrc); });
}

bool ScriptTransform::Attach(EventLoop& loop, WeakHandle<TransformerHandle> handle) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (taker_ != Taker::kNone) return false;
    taker_ = Taker::kAttached;
    loop_ = &loop;
    handle_ = std::move(handle);
  }
  // For what has come already.
  WakeUp();
  return true;
}

void ScriptTransform::Detach() {
  {
    webrtc::MutexLock lock(&mutex_);
    taker_ = Taker::kGone;
    loop_ = nullptr;
  }
  queue_.Take();
}

bool ScriptTransform::is_video() const {
  webrtc::MutexLock lock(&mutex_);
  return place_.is_video;
}

void ScriptTransform::Transform(EncodedFrame frame) {
  bool is_video;
  {
    webrtc::MutexLock lock(&mutex_);
    if (taker_ == Taker::kGone) return;
    is_video = place_.is_video;
    if (is_video && !place_.is_sender && repeated_frames_.Contains(*frame)) return;
    if (is_video && place_.is_sender && !rids_.contains(frame->GetSsrc())) {
      std::optional<std::string> rid =
          static_cast<const webrtc::TransformableVideoFrameInterface&>(*frame).Rid();
      if (rid && rid->empty()) rid.reset();
      rids_[frame->GetSsrc()] = std::move(rid);
    }
  }
  if (queue_.Push({.frame = std::move(frame), .is_video = is_video})) WakeUp();
}

void ScriptTransform::WakeUp() {
  webrtc::MutexLock lock(&mutex_);
  if (!loop_) {
    // Whoever attaches looks by itself.
    queue_.Defer();
    return;
  }
  loop_->Post([handle = handle_](Napi::Env) {
    if (TransformerHandle* transformer = handle.get()) transformer->Deliver();
  });
}

void ScriptTransform::OnKeyFrameRequest(uint32_t ssrc) {
  webrtc::MutexLock lock(&mutex_);
  const auto encoding = rids_.find(ssrc);
  // Nobody has seen a frame of another one, nor will be surprised by the first.
  if (encoding == rids_.end() || !loop_) return;
  const bool is_on_its_way = !requested_.empty();
  requested_.insert(encoding->second);
  if (is_on_its_way) return;
  loop_->Post([handle = handle_](Napi::Env) {
    if (TransformerHandle* transformer = handle.get()) transformer->DeliverKeyFrameRequests();
  });
}

std::set<std::optional<std::string>> ScriptTransform::TakeKeyFrameRequests() {
  webrtc::MutexLock lock(&mutex_);
  return std::exchange(requested_, {});
}

void ScriptTransform::Write(EncodedFrame frame) {
  webrtc::scoped_refptr<FramePipe> pipe;
  {
    webrtc::MutexLock lock(&mutex_);
    pipe = place_.pipe;
  }
  if (pipe) pipe->Deliver(this, std::move(frame));
}

// ---- ScriptTransformHandle

void ScriptTransformHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(kClassName,
                         DefineClass(runtime.env(), kClassName,
                                     {InstanceMethod<&ScriptTransformHandle::Release>("release")}));
  napi_add_env_cleanup_hook(runtime.env(), &DropTransfers, &runtime);
}

Napi::Value ScriptTransformHandle::Create(const Napi::CallbackInfo& info) {
  const int64_t length =
      ReadInteger(info.Env(), Member(info.Env(), info[0], "maxQueueLength"), 1, 10'000).value_or(1);
  return NewHandle<ScriptTransformHandle>(
      *Runtime::From(info.Env()),
      {webrtc::make_ref_counted<ScriptTransform>(static_cast<size_t>(length))});
}

webrtc::scoped_refptr<ScriptTransform> ScriptTransformHandle::Read(Napi::Env env,
                                                                   napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value))->transform_;
}

ScriptTransformHandle::ScriptTransformHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ScriptTransformHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  transform_ = std::move(init->transform);
}

Napi::Value ScriptTransformHandle::Release(const Napi::CallbackInfo& info) {
  if (!transform_) return info.Env().Null();
  return Napi::BigInt::New(info.Env(),
                           Table::Get().Put(Runtime::From(info.Env()).get(), transform_));
}

// ---- TransformerHandle

void TransformerHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(kClassName,
                         DefineClass(runtime.env(), kClassName,
                                     {
                                         InstanceMethod<&TransformerHandle::Write>("write"),
                                         InstanceAccessor<&TransformerHandle::Dropped>("dropped"),
                                         InstanceMethod<&TransformerHandle::Close>("close"),
                                     }));
}

Napi::Value TransformerHandle::Adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<webrtc::scoped_refptr<ScriptTransform>> transform;
  if (info[0].IsBigInt()) {
    bool lossless = false;
    transform = Table::Get().Take(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
  }
  if (!transform) return env.Null();
  return NewHandle<TransformerHandle>(*Runtime::From(env), {*std::move(transform)});
}

TransformerHandle::TransformerHandle(const Napi::CallbackInfo& info)
    : Handle<TransformerHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  if (init->transform->Attach(loop(), Weak())) transform_ = std::move(init->transform);
}

TransformerHandle::~TransformerHandle() { Detach(); }

void TransformerHandle::Detach() {
  if (auto transform = std::exchange(transform_, nullptr)) transform->Detach();
}

void TransformerHandle::Deliver() {
  // Between its collection and its finalizer a handle has no JS object any more.
  if (!transform_ || !Value()) return;
  Napi::Env env = Env();
  napi_value sink = nullptr;
  if (!FindSinkFunction(env, Value(), &sink, "frames")) {
    transform_->queue().Defer();
    return;
  }
  std::vector<ScriptTransform::Item> items = transform_->queue().Take().items;
  if (items.empty()) return;
  CallSink(env, Value(), "frames", [&](Napi::Env, SinkArguments& arguments) {
    std::vector<napi_value> handles;
    handles.reserve(items.size());
    for (ScriptTransform::Item& item : items) {
      handles.push_back(EncodedFrameHandle::New(runtime(), std::move(item.frame), item.is_video));
    }
    arguments.push_back(MakeArray(env, handles));
  });
}

void TransformerHandle::DeliverKeyFrameRequests() {
  if (!transform_ || !Value()) return;
  const std::set<std::optional<std::string>> rids = transform_->TakeKeyFrameRequests();
  CallSink(Env(), Value(), "keyframerequest", [&](Napi::Env env, SinkArguments& arguments) {
    std::vector<napi_value> values;
    values.reserve(rids.size());
    for (const std::optional<std::string>& rid : rids) {
      values.push_back(rid ? ToJs(env, *rid) : Null(env));
    }
    arguments.push_back(MakeArray(env, values));
  });
}

// ---- `NativeTransformer`

Napi::Value TransformerHandle::Write(const Napi::CallbackInfo& info) {
  EncodedFrame frame =
      transform_ ? EncodedFrameHandle::Take(info.Env(), info[0], transform_->is_video()) : nullptr;
  const bool taken = frame != nullptr;
  if (taken) transform_->Write(std::move(frame));
  return Napi::Boolean::New(info.Env(), taken);
}

Napi::Value TransformerHandle::Dropped(const Napi::CallbackInfo& info) {
  const double dropped = transform_ ? static_cast<double>(transform_->queue().dropped()) : 0;
  return {info.Env(), ToJs(info.Env(), dropped)};
}

void TransformerHandle::Close(const Napi::CallbackInfo&) { Detach(); }

}  // namespace node_libwebrtc
