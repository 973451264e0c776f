#include "native/sframe/sframe_transform.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "native/bridge/bytes.h"
#include "native/bridge/convert.h"
#include "native/encoded_frame.h"
#include "rtc_base/logging.h"

namespace node_libwebrtc {

namespace {

constexpr napi_type_tag kTypeTag = {0x736672616d652d74, 0x72616e73666f726d};

// Whether libwebrtc's payload format takes what it carries apart, and so can carry nothing that is
// encrypted.
bool LooksInside(const std::string& mime_type) {
  return mime_type == "video/H264" || mime_type == "video/H265" || mime_type == "video/AV1";
}

const char* NameOf(SframeFailure failure) {
  switch (failure) {
    case SframeFailure::kSyntax:
      return "syntax";
    case SframeFailure::kKeyId:
      return "keyID";
    case SframeFailure::kAuthentication:
      return "authentication";
  }
}

napi_value KeyIdToJs(Napi::Env env, const std::optional<uint64_t>& key_id) {
  if (!key_id) return env.Null();
  return Napi::BigInt::New(env, *key_id);
}

SframeContext::Kind ReadKind(napi_env env, napi_value value) {
  const std::optional<std::string> kind = ReadString(env, value);
  if (kind == "key") return SframeContext::Kind::kKeyFrame;
  if (kind == "delta") return SframeContext::Kind::kDeltaFrame;
  return SframeContext::Kind::kOther;
}

// What may be left out.
std::span<const uint8_t> ReadMetadata(napi_env env, napi_value value) {
  const auto bytes = ReadBytes(env, value);
  return bytes ? std::span<const uint8_t>(*bytes) : std::span<const uint8_t>();
}

}  // namespace

// ---- SframeTransform

void SframeTransform::Attach(EventLoop& loop, WeakHandle<SframeTransformHandle> handle) {
  webrtc::MutexLock lock(&mutex_);
  loop_ = &loop;
  handle_ = std::move(handle);
}

void SframeTransform::Detach() {
  {
    webrtc::MutexLock lock(&mutex_);
    loop_ = nullptr;
  }
  failures_.Take();
}

void SframeTransform::SetPlace(Place place) {
  // The last pipe is released outside the lock.
  webrtc::MutexLock lock(&mutex_);
  std::swap(place_, place);
}

void SframeTransform::Transform(EncodedFrame frame) {
  Place place;
  {
    webrtc::MutexLock lock(&mutex_);
    place = place_;
  }
  if (!place.pipe) return;
  if (place.is_sender) {
    Encrypt(*place.pipe, std::move(frame), place.is_video);
  } else {
    Decrypt(*place.pipe, std::move(frame), place.is_video);
  }
}

void SframeTransform::Encrypt(FramePipe& pipe, EncodedFrame frame, bool is_video) {
  SframeContext::Kind kind = SframeContext::Kind::kOther;
  if (is_video) {
    if (LooksInside(frame->GetMimeType())) {
      if (!warned_.exchange(true)) {
        RTC_LOG(LS_WARNING) << "SFrame: nothing is sent, for there is no payload format that takes "
                               "encrypted frames of "
                            << frame->GetMimeType();
      }
      return;
    }
    const auto& video = static_cast<const webrtc::TransformableVideoFrameInterface&>(*frame);
    kind = video.IsKeyFrame() ? SframeContext::Kind::kKeyFrame : SframeContext::Kind::kDeltaFrame;
  }
  // Without a key nothing is sent.
  const auto data = context_.Encrypt(kind, {}, frame->GetData());
  if (!data) return;
  frame->SetData(*data);
  pipe.Deliver(this, std::move(frame));
}

void SframeTransform::Decrypt(FramePipe& pipe, EncodedFrame frame, bool is_video) {
  SframeContext::Decrypted decrypted = context_.Decrypt({}, frame->GetData());
  if (decrypted.data) {
    frame->SetData(*decrypted.data);
    pipe.Deliver(this, std::move(frame));
    return;
  }
  if (failures_.Push({.reason = decrypted.failure,
                      .key_id = decrypted.key_id,
                      .frame = std::move(frame),
                      .is_video = is_video})) {
    WakeUp();
  }
}

void SframeTransform::WakeUp() {
  webrtc::MutexLock lock(&mutex_);
  if (!loop_) {
    failures_.Defer();
    return;
  }
  loop_->Post([handle = handle_](Napi::Env) {
    if (SframeTransformHandle* transform = handle.get()) transform->Deliver();
  });
}

// ---- SframeTransformHandle

void SframeTransformHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(kClassName,
                         DefineClass(runtime.env(), kClassName,
                                     {
                                         InstanceMethod<&SframeTransformHandle::SetKey>("setKey"),
                                         InstanceMethod<&SframeTransformHandle::Encrypt>("encrypt"),
                                         InstanceMethod<&SframeTransformHandle::Decrypt>("decrypt"),
                                     }));
}

Napi::Value SframeTransformHandle::Create(const Napi::CallbackInfo& info) {
  const auto option = [&info](const char* name, int64_t max) {
    return ReadInteger(info.Env(), Member(info.Env(), info[0], name), 1, max).value_or(1);
  };
  return NewHandle<SframeTransformHandle>(
      *Runtime::From(info.Env()),
      {webrtc::make_ref_counted<SframeTransform>(
          static_cast<SframeSuite>(option("cipherSuite", kLastSframeSuite)),
          static_cast<size_t>(option("maxQueueLength", 10'000)))});
}

webrtc::scoped_refptr<SframeTransform> SframeTransformHandle::Read(Napi::Env env,
                                                                   napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value))->transform_;
}

SframeTransformHandle::SframeTransformHandle(const Napi::CallbackInfo& info)
    : Handle<SframeTransformHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  transform_ = std::move(init->transform);
  transform_->Attach(loop(), Weak());
}

SframeTransformHandle::~SframeTransformHandle() {
  if (transform_) transform_->Detach();
}

void SframeTransformHandle::Deliver() {
  // Between its collection and its finalizer a handle has no JS object any more.
  if (!transform_ || !Value()) return;
  Napi::Env env = Env();
  std::vector<SframeTransform::Failure> failures = transform_->failures().Take().items;
  if (failures.empty()) return;
  CallSink(env, Value(), "failures", [&](Napi::Env, SinkArguments& arguments) {
    std::vector<napi_value> list;
    list.reserve(failures.size());
    for (SframeTransform::Failure& failure : failures) {
      list.push_back(MakeObject(
          env, {{"reason", ToJs(env, NameOf(failure.reason))},
                {"keyId", KeyIdToJs(env, failure.key_id)},
                {"frame",
                 EncodedFrameHandle::New(runtime(), std::move(failure.frame), failure.is_video)}}));
    }
    arguments.push_back(MakeArray(env, list));
  });
}

// ---- `NativeSframeTransform`

Napi::Value SframeTransformHandle::SetKey(const Napi::CallbackInfo& info) {
  const auto key = ReadBytes(info.Env(), info[1]);
  const auto salt = ReadBytes(info.Env(), info[2]);
  bool lossless = false;
  const bool is_set =
      transform_ && info[0].IsBigInt() && key && salt &&
      transform_->context().SetKey(info[0].As<Napi::BigInt>().Uint64Value(&lossless), *key, *salt);
  return Napi::Boolean::New(info.Env(), is_set);
}

Napi::Value SframeTransformHandle::Encrypt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto bytes = ReadBytes(env, info[0]);
  if (!transform_ || !bytes) return env.Null();
  const auto data =
      transform_->context().Encrypt(ReadKind(env, info[1]), ReadMetadata(env, info[2]), *bytes);
  if (!data) return env.Null();
  return {env, MakeArrayBuffer(env, data->data(), data->size())};
}

Napi::Value SframeTransformHandle::Decrypt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  SframeContext::Decrypted decrypted;
  const auto bytes = ReadBytes(env, info[0]);
  if (transform_ && bytes) {
    decrypted = transform_->context().Decrypt(ReadMetadata(env, info[1]), *bytes);
  }
  if (decrypted.data) {
    return {env, MakeArrayBuffer(env, decrypted.data->data(), decrypted.data->size())};
  }
  return {env, MakeObject(env, {{"reason", ToJs(env, NameOf(decrypted.failure))},
                                {"keyId", KeyIdToJs(env, decrypted.key_id)}})};
}

}  // namespace node_libwebrtc
