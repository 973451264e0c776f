#include "native/data_channel.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "api/priority.h"
#include "native/bridge/bytes.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/bridge/sink.h"
#include "native/bridge/transfer_table.h"

namespace node_libwebrtc {

namespace {

using State = webrtc::DataChannelInterface::DataState;

const char* ToString(State state) {
  switch (state) {
    case State::kConnecting:
      return "connecting";
    case State::kOpen:
      return "open";
    case State::kClosing:
      return "closing";
    case State::kClosed:
      return "closed";
  }
  return "closed";
}

// A remote peer may name any priority; these are the ranges of RFC 8832, section 8.2.2.
const char* ToString(webrtc::PriorityValue priority) {
  if (priority.value() <= 128) return "very-low";
  if (priority.value() <= 256) return "low";
  if (priority.value() <= 512) return "medium";
  return "high";
}

napi_value MakeMessage(napi_env env, std::span<const uint8_t> bytes, bool binary) {
  napi_value value = nullptr;
  if (!binary) {
    // The remote peer may send anything: what is not UTF-8 becomes U+FFFD.
    napi_create_string_utf8(env, reinterpret_cast<const char*>(bytes.data()), bytes.size(), &value);
    return value;
  }
  // Always memory of V8's own, never an external one: Electron forbids it, and its finalizer costs
  // more than a copy.
  return MakeArrayBuffer(env, bytes.data(), bytes.size());
}

}  // namespace

// Closes the channel unless somebody has taken the pipe.
class DataChannelHandle::Released final {
 public:
  Released(webrtc::scoped_refptr<DataChannelPipe> pipe, Attributes attributes)
      : pipe_(std::move(pipe)), attributes_(std::move(attributes)) {}
  Released(Released&&) = default;
  Released& operator=(Released&&) = default;
  ~Released() {
    if (pipe_) pipe_->Abandon();
  }

  webrtc::scoped_refptr<DataChannelPipe> TakePipe() { return std::move(pipe_); }
  const Attributes& attributes() const { return attributes_; }

  using Table = TransferTable<Released>;
  static void DropAll(void* runtime) { Table::Get().Drop(runtime); }

 private:
  webrtc::scoped_refptr<DataChannelPipe> pipe_;
  Attributes attributes_;
};

void DataChannelHandle::Register(Runtime& runtime) {
  napi_add_env_cleanup_hook(runtime.env(), &Released::DropAll, &runtime);
  runtime.SetConstructor(
      "DataChannel",
      DefineClass(runtime.env(), "DataChannel",
                  {
                      InstanceAccessor<&DataChannelHandle::Label>("label"),
                      InstanceAccessor<&DataChannelHandle::Protocol>("protocol"),
                      InstanceAccessor<&DataChannelHandle::Ordered>("ordered"),
                      InstanceAccessor<&DataChannelHandle::MaxPacketLifeTime>("maxPacketLifeTime"),
                      InstanceAccessor<&DataChannelHandle::MaxRetransmits>("maxRetransmits"),
                      InstanceAccessor<&DataChannelHandle::Negotiated>("negotiated"),
                      InstanceAccessor<&DataChannelHandle::Id>("id"),
                      InstanceAccessor<&DataChannelHandle::Priority>("priority"),
                      InstanceAccessor<&DataChannelHandle::State>("state"),
                      InstanceMethod<&DataChannelHandle::Send>("send"),
                      InstanceMethod<&DataChannelHandle::Close>("close"),
                      InstanceMethod<&DataChannelHandle::Release>("release"),
                      InstanceMethod<&DataChannelHandle::Restore>("restore"),
                      InstanceAccessor<&DataChannelHandle::MaxMessageSize,
                                       &DataChannelHandle::SetMaxMessageSize>("maxMessageSize"),
                  }));
}

Napi::Value DataChannelHandle::Create(Runtime& runtime, webrtc::scoped_refptr<DataChannelPipe> pipe,
                                      const webrtc::DataChannelInterface& channel) {
  Init init{.pipe = std::move(pipe),
            .attributes = {.label = channel.label(),
                           .protocol = channel.protocol(),
                           .ordered = channel.ordered(),
                           .max_packet_life_time = channel.maxPacketLifeTime(),
                           .max_retransmits = channel.maxRetransmitsOpt(),
                           .negotiated = channel.negotiated(),
                           .priority = ToString(channel.priority())}};
  return runtime.GetConstructor("DataChannel")
      .New({Napi::External<Init>::New(runtime.env(), &init)});
}

DataChannelHandle::DataChannelHandle(const Napi::CallbackInfo& info)
    : Handle<DataChannelHandle>(info) {
  if (!info[0].IsExternal()) {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
    return;
  }
  Init& init = *info[0].As<Napi::External<Init>>().Data();
  attributes_ = std::move(init.attributes);
  pipe_ = std::move(init.pipe);
  adopted_ = init.adopted;
  if (adopted_) {
    pipe_->Adopt(loop(), this);
  } else {
    pipe_->SetReceiver(this);
  }
}

DataChannelHandle::~DataChannelHandle() {
  if (pipe_) pipe_->SetReceiver(nullptr);
}

// ---- From thread to thread

Napi::Value DataChannelHandle::Release(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!pipe_ || adopted_ || !pipe_->GiveAway()) return env.Null();
  released_ = std::exchange(pipe_, nullptr);
  const uint64_t token = Released::Table::Get().Put(&runtime(), Released(released_, attributes_));
  return Napi::BigInt::New(env, token);
}

void DataChannelHandle::Restore(const Napi::CallbackInfo& info) {
  bool lossless = false;
  if (!info[0].IsBigInt() || pipe_) return;
  const uint64_t token = info[0].As<Napi::BigInt>().Uint64Value(&lossless);
  std::optional<Released> released = Released::Table::Get().Take(token);
  if (!released) return;
  released_ = nullptr;
  pipe_ = released->TakePipe();
  pipe_->Adopt(loop(), this);
}

Napi::Value DataChannelHandle::Adopt(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  bool lossless = false;
  std::optional<Released> released;
  if (info[0].IsBigInt()) {
    released = Released::Table::Get().Take(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
  }
  if (!released) return env.Null();
  Napi::Function constructor = Runtime::From(env)->GetConstructor("DataChannel");
  if (constructor.IsEmpty()) return env.Null();
  Init init{.pipe = released->TakePipe(), .attributes = released->attributes(), .adopted = true};
  return constructor.New({Napi::External<Init>::New(env, &init)});
}

void DataChannelHandle::Drop(const Napi::CallbackInfo& info) {
  bool lossless = false;
  if (!info[0].IsBigInt()) return;
  Released::Table::Get().Take(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
}

Napi::Value DataChannelHandle::MaxMessageSize(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), pipe_ ? pipe_->max_message_size() : 0.0)};
}

void DataChannelHandle::SetMaxMessageSize(const Napi::CallbackInfo& info,
                                          const Napi::Value& value) {
  const auto& pipe = pipe_ ? pipe_ : released_;
  // An infinite number reads as nothing.
  const double bytes =
      ReadNumber(info.Env(), value).value_or(std::numeric_limits<double>::infinity());
  if (pipe) pipe->set_max_message_size(bytes);
}

// ---- What the network thread has to say

bool DataChannelHandle::IsListening() {
  napi_value sink = nullptr;
  napi_valuetype type = napi_undefined;
  return napi_get_named_property(Env(), Value(), "sink", &sink) == napi_ok &&
         napi_typeof(Env(), sink, &type) == napi_ok && type == napi_object;
}

void DataChannelHandle::OnOpen() {
  CallSink(Env(), Value(), "open", [](Napi::Env, SinkArguments&) {});
}

void DataChannelHandle::OnClosing() {
  CallSink(Env(), Value(), "closing", [](Napi::Env, SinkArguments&) {});
}

void DataChannelHandle::OnClosed(const webrtc::RTCError& error) {
  CallSink(Env(), Value(), "closed", [&error](Napi::Env env, SinkArguments& arguments) {
    arguments.push_back(ToJs(env, error));
  });
}

void DataChannelHandle::OnSent(uint64_t bytes) {
  CallSink(Env(), Value(), "sent", [bytes](Napi::Env env, SinkArguments& arguments) {
    arguments.push_back(ToJs(env, static_cast<double>(bytes)));
  });
}

void DataChannelHandle::OnMessages(MessageBatch& batch, size_t first, size_t last) {
  CallSink(Env(), Value(), "messages", [&](Napi::Env env, SinkArguments& arguments) {
    napi_value array = nullptr;
    if (napi_create_array_with_length(env, last - first, &array) != napi_ok) return;
    for (size_t i = first; i < last; ++i) {
      const napi_value message = MakeMessage(env, batch.bytes(i), batch[i].binary);
      // Out of memory, or an environment that is being terminated.
      if (!message) return;
      napi_set_element(env, array, static_cast<uint32_t>(i - first), message);
      batch.Release(i);
    }
    arguments.push_back(array);
  });
}

// ---- What JS asks and does

Napi::Value DataChannelHandle::Label(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.label)};
}

Napi::Value DataChannelHandle::Protocol(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.protocol)};
}

Napi::Value DataChannelHandle::Ordered(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.ordered)};
}

Napi::Value DataChannelHandle::MaxPacketLifeTime(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.max_packet_life_time)};
}

Napi::Value DataChannelHandle::MaxRetransmits(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.max_retransmits)};
}

Napi::Value DataChannelHandle::Negotiated(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.negotiated)};
}

Napi::Value DataChannelHandle::Id(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), pipe_ ? pipe_->id() : std::nullopt)};
}

Napi::Value DataChannelHandle::Priority(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_.priority)};
}

Napi::Value DataChannelHandle::State(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), ToString(pipe_ ? pipe_->state() : State::kClosed))};
}

void DataChannelHandle::Send(const Napi::CallbackInfo& info) {
  if (!pipe_) return;
  const Napi::Env env = info.Env();
  const Napi::Value data = info[0];
  if (data.IsString()) {
    SendString(env, data);
  } else if (const auto bytes = ReadBytes(env, data)) {
    pipe_->Send(*bytes, /*binary=*/true);
  } else {
    Throw(env,
          webrtc::RTCError::InvalidParameter("A message is a string, an ArrayBuffer or a view"));
  }
}

void DataChannelHandle::SendString(napi_env env, napi_value string) {
  // Short strings, nearly all of them, are read in one go. Node-API cuts what does not fit at a
  // whole character, so anything that leaves less room than one character needs may have been cut.
  std::array<char, 1024> buffer;
  size_t size = 0;
  if (napi_get_value_string_utf8(env, string, buffer.data(), buffer.size(), &size) != napi_ok) {
    return;
  }
  std::string large;
  const char* data = buffer.data();
  if (size + 4 >= buffer.size()) {
    if (napi_get_value_string_utf8(env, string, nullptr, 0, &size) != napi_ok) return;
    large.resize(size);
    napi_get_value_string_utf8(env, string, large.data(), size + 1, &size);
    data = large.data();
  }
  pipe_->Send(std::span(reinterpret_cast<const uint8_t*>(data), size), /*binary=*/false);
}

void DataChannelHandle::Close(const Napi::CallbackInfo&) {
  if (pipe_) pipe_->Close();
}

}  // namespace node_libwebrtc
