#ifndef NATIVE_DATA_CHANNEL_H_
#define NATIVE_DATA_CHANNEL_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "api/data_channel_interface.h"
#include "api/rtc_error.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/data_channel_pipe.h"

namespace node_libwebrtc {

// `NativeDataChannel` of lib/native.ts.
class DataChannelHandle final : public Handle<DataChannelHandle>, private DataChannelReceiver {
 public:
  static void Register(Runtime& runtime);

  // A handle for a pipe that has none yet. Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime, webrtc::scoped_refptr<DataChannelPipe> pipe,
                            const webrtc::DataChannelInterface& channel);

  // `adoptDataChannel` and `dropDataChannel` of lib/native.ts.
  static Napi::Value Adopt(const Napi::CallbackInfo& info);
  static void Drop(const Napi::CallbackInfo& info);

  // For `Create` and `Adopt` only.
  explicit DataChannelHandle(const Napi::CallbackInfo& info);
  ~DataChannelHandle() override;

 private:
  // What does not change in a channel's life.
  struct Attributes {
    std::string label;
    std::string protocol;
    bool ordered = true;
    std::optional<int> max_packet_life_time;
    std::optional<int> max_retransmits;
    bool negotiated = false;
    const char* priority = "low";
  };
  struct Init {
    webrtc::scoped_refptr<DataChannelPipe> pipe;
    Attributes attributes;
    // From another thread.
    bool adopted = false;
  };
  // On its way to another thread.
  class Released;

  // EngineDependent. The pipe looks after itself.
  void OnEngineStop() override {}

  // DataChannelReceiver
  bool IsListening() override;
  void OnOpen() override;
  void OnClosing() override;
  void OnClosed(const webrtc::RTCError& error) override;
  void OnMessages(MessageBatch& batch, size_t first, size_t last) override;
  void OnSent(uint64_t bytes) override;

  Napi::Value Label(const Napi::CallbackInfo& info);
  Napi::Value Protocol(const Napi::CallbackInfo& info);
  Napi::Value Ordered(const Napi::CallbackInfo& info);
  Napi::Value MaxPacketLifeTime(const Napi::CallbackInfo& info);
  Napi::Value MaxRetransmits(const Napi::CallbackInfo& info);
  Napi::Value Negotiated(const Napi::CallbackInfo& info);
  Napi::Value Id(const Napi::CallbackInfo& info);
  Napi::Value Priority(const Napi::CallbackInfo& info);
  Napi::Value State(const Napi::CallbackInfo& info);
  void Send(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  Napi::Value Release(const Napi::CallbackInfo& info);
  void Restore(const Napi::CallbackInfo& info);
  Napi::Value MaxMessageSize(const Napi::CallbackInfo& info);
  void SetMaxMessageSize(const Napi::CallbackInfo& info, const Napi::Value& value);

  void SendString(napi_env env, napi_value string);

  // Null when it has been released.
  webrtc::scoped_refptr<DataChannelPipe> pipe_;
  // The one that has been released.
  webrtc::scoped_refptr<DataChannelPipe> released_;
  Attributes attributes_;
  bool adopted_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DATA_CHANNEL_H_
