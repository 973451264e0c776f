#include "native/dtmf_sender.h"

#include <limits>
#include <utility>

#include "native/bridge/convert.h"

namespace node_libwebrtc {

void DtmfSenderHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceAccessor<&DtmfSenderHandle::CanInsert>("canInsert"),
                                  InstanceMethod<&DtmfSenderHandle::Insert>("insert"),
                              }));
}

Napi::Value DtmfSenderHandle::From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                                   webrtc::scoped_refptr<webrtc::DtmfSenderInterface> sender) {
  if (Napi::Value known = handles->dtmf_senders.Find(sender.get()); !known.IsEmpty()) return known;
  return NewHandle<DtmfSenderHandle>(runtime, {std::move(handles), std::move(sender)});
}

DtmfSenderHandle::DtmfSenderHandle(const Napi::CallbackInfo& info)
    : Handle<DtmfSenderHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  handles_ = std::move(init->handles);
  sender_ = std::move(init->sender);
  handles_->dtmf_senders.Insert(sender_.get(), this);
  sender_->RegisterObserver(this);
}

DtmfSenderHandle::~DtmfSenderHandle() { Release(); }

void DtmfSenderHandle::OnEngineStop() { Release(); }

void DtmfSenderHandle::Release() {
  if (!sender_) return;
  // A handle that has taken over is the observer now.
  if (handles_->dtmf_senders.Erase(sender_.get(), this)) sender_->UnregisterObserver();
  sender_ = nullptr;
}

void DtmfSenderHandle::OnToneChange(const std::string& tone, const std::string& tone_buffer) {
  Emit("tonechange", [tone, tone_buffer](Napi::Env env, SinkArguments& arguments) {
    arguments = {ToJs(env, tone), ToJs(env, tone_buffer)};
  });
}

Napi::Value DtmfSenderHandle::CanInsert(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), sender_ && handles_->open && sender_->CanInsertDtmf());
}

Napi::Value DtmfSenderHandle::Insert(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  constexpr int64_t kMaxMs = 60'000;
  const std::optional<std::string> tones = ReadString(env, info[0]);
  const std::optional<int64_t> duration = ReadInteger(env, info[1], 0, kMaxMs);
  const std::optional<int64_t> gap = ReadInteger(env, info[2], 0, kMaxMs);
  return Napi::Boolean::New(
      env, sender_ && handles_->open && tones && duration && gap &&
               sender_->InsertDtmf(*tones, static_cast<int>(*duration), static_cast<int>(*gap)));
}

}  // namespace node_libwebrtc
