#include "native/encoded_frame.h"

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/units/time_delta.h"
#include "api/units/timestamp.h"
#include "api/video/video_frame_metadata.h"
#include "audio/channel_receive_frame_transformer_delegate.h"
#include "audio/channel_send_frame_transformer_delegate.h"
#include "modules/rtp_rtcp/source/rtp_sender_video_frame_transformer_delegate.h"
#include "native/bridge/bytes.h"
#include "native/bridge/convert.h"
#include "native/bridge/transfer_table.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

using webrtc::TransformableFrameInterface;

constexpr napi_type_tag kTypeTag = {0x656e636f64656466, 0x72616d652d68616e};
constexpr int64_t kMaxInteger = (int64_t{1} << 53) - 1;

struct Transfer {
  EncodedFrame frame;
  bool is_video;
};
using Table = TransferTable<Transfer>;

// What is on its way when an environment ends never arrives.
void DropTransfers(void* runtime) { Table::Get().Drop(runtime); }

napi_value Number(napi_env env, int64_t value) { return ToJs(env, static_cast<double>(value)); }

template <typename Numbers>
napi_value NumberArray(napi_env env, const Numbers& numbers) {
  std::vector<napi_value> values;
  values.reserve(numbers.size());
  for (const auto number : numbers) values.push_back(Number(env, static_cast<int64_t>(number)));
  return MakeArray(env, values);
}

// Longer than any machine has been running: what is later is by a clock of the world.
constexpr webrtc::Timestamp kLastUptime = webrtc::Timestamp::Seconds(1'000'000'000);

// When the frame was taken: by the process's clock, or since 1970. libwebrtc gives the time of
// received frames as the header extension has it, since 1900, where its interface says 1970, and
// copies keep that.
std::optional<webrtc::Timestamp> CaptureTime(const TransformableFrameInterface& frame) {
  std::optional<webrtc::Timestamp> time = frame.CaptureTime();
  if (time && time->IsFinite() && *time > kLastUptime) {
    *time -= webrtc::TimeDelta::Millis(webrtc::kNtpJan1970Millisecs);
  }
  return time;
}

napi_value Micros(napi_env env, const std::optional<webrtc::Timestamp>& time) {
  return time && time->IsFinite() ? Number(env, time->us()) : nullptr;
}

std::optional<std::vector<int64_t>> ReadIntegers(napi_env env, napi_value value, int64_t max) {
  bool is_array = false;
  if (!value || napi_is_array(env, value, &is_array) != napi_ok || !is_array) return std::nullopt;
  std::vector<int64_t> numbers;
  for (napi_value element : ReadArray(env, value)) {
    if (const auto number = ReadInteger(env, element, 0, max)) numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

void EncodedFrameHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceAccessor<&EncodedFrameHandle::Kind>("kind"),
                                  InstanceAccessor<&EncodedFrameHandle::Taken>("taken"),
                                  InstanceAccessor<&EncodedFrameHandle::Type>("type"),
                                  InstanceMethod<&EncodedFrameHandle::Data>("data"),
                                  InstanceMethod<&EncodedFrameHandle::SetData>("setData"),
                                  InstanceMethod<&EncodedFrameHandle::Metadata>("metadata"),
                                  InstanceMethod<&EncodedFrameHandle::SetMetadata>("setMetadata"),
                                  InstanceMethod<&EncodedFrameHandle::Clone>("clone"),
                                  InstanceMethod<&EncodedFrameHandle::Release>("release"),
                              }));
  napi_add_env_cleanup_hook(runtime.env(), &DropTransfers, &runtime);
}

Napi::Value EncodedFrameHandle::New(Runtime& runtime, EncodedFrame frame, bool is_video) {
  return NewHandle<EncodedFrameHandle>(runtime, {std::move(frame), is_video});
}

EncodedFrame EncodedFrameHandle::Take(Napi::Env env, napi_value value, bool is_video) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  EncodedFrameHandle* handle = Unwrap(Napi::Object(env, value));
  return handle->is_video_ == is_video ? handle->LetGo() : nullptr;
}

Napi::Value EncodedFrameHandle::Adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<Transfer> transfer;
  if (info[0].IsBigInt()) {
    bool lossless = false;
    transfer = Table::Get().Take(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
  }
  if (!transfer) {
    Napi::TypeError::New(env, "There is no such frame any more").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  return New(*Runtime::From(env), std::move(transfer->frame), transfer->is_video);
}

EncodedFrameHandle::EncodedFrameHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<EncodedFrameHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  is_video_ = init->is_video;
  Own(std::move(init->frame));
}

EncodedFrameHandle::~EncodedFrameHandle() { LetGo(); }

void EncodedFrameHandle::Own(EncodedFrame frame) {
  frame_ = std::move(frame);
  external_bytes_ = static_cast<int64_t>(frame_->GetData().size());
  Napi::MemoryManagement::AdjustExternalMemory(Env(), external_bytes_);
}

EncodedFrame EncodedFrameHandle::LetGo() {
  if (frame_) {
    Napi::MemoryManagement::AdjustExternalMemory(Env(), -std::exchange(external_bytes_, 0));
  }
  return std::exchange(frame_, nullptr);
}

// ---- `NativeEncodedFrame`

Napi::Value EncodedFrameHandle::Kind(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), is_video_ ? "video" : "audio")};
}

Napi::Value EncodedFrameHandle::Taken(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), !frame_);
}

Napi::Value EncodedFrameHandle::Type(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_ || !is_video_) return env.Null();
  return {env, ToJs(env, video().IsKeyFrame() ? "key" : "delta")};
}

Napi::Value EncodedFrameHandle::Data(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_) return env.Null();
  const std::span<const uint8_t> data = frame_->GetData();
  return {env, MakeArrayBuffer(env, data.data(), data.size())};
}

void EncodedFrameHandle::SetData(const Napi::CallbackInfo& info) {
  const auto data = ReadBytes(info.Env(), info[0]);
  if (frame_ && data) frame_->SetData(*data);
}

Napi::Value EncodedFrameHandle::Metadata(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_) return env.Null();
  const std::optional<webrtc::TimeDelta> offset = frame_->SenderCaptureTimeOffset();
  const std::optional<webrtc::Timestamp> capture_time = CaptureTime(*frame_);
  Napi::Object metadata(
      env,
      MakeObject(env,
                 {{"synchronizationSource", ToJs(env, frame_->GetSsrc())},
                  {"payloadType", ToJs(env, static_cast<int>(frame_->GetPayloadType()))},
                  {"rtpTimestamp", ToJs(env, frame_->GetTimestamp())},
                  {"mimeType", ToJs(env, frame_->GetMimeType())},
                  {"isReceived", ToJs(env, frame_->GetDirection() ==
                                               TransformableFrameInterface::Direction::kReceiver)},
                  {"receiveTime", Micros(env, frame_->ReceiveTime())},
                  {"captureTime", Micros(env, capture_time)},
                  {"isCaptureTimeAbsolute", ToJs(env, capture_time && *capture_time > kLastUptime)},
                  {"senderCaptureTimeOffset",
                   offset && offset->IsFinite() ? Number(env, offset->us()) : nullptr},
                  {"now", Number(env, webrtc::TimeMicros())}}));
  if (!is_video_) {
    const std::optional<uint16_t> sequence_number = audio().SequenceNumber();
    const std::optional<uint8_t> level = audio().AudioLevel();
    if (sequence_number) metadata["sequenceNumber"] = Number(env, *sequence_number);
    if (level) metadata["audioLevel"] = Number(env, *level);
    metadata["contributingSources"] = NumberArray(env, audio().GetContributingSources());
    return metadata;
  }
  const webrtc::VideoFrameMetadata video_metadata = video().Metadata();
  const std::optional<int64_t> id = video_metadata.GetFrameId();
  if (id) metadata["frameId"] = Number(env, *id);
  if (const auto dependencies = video_metadata.GetDependencies()) {
    metadata["dependencies"] = NumberArray(env, *dependencies);
  }
  metadata["width"] = Number(env, video_metadata.GetWidth());
  metadata["height"] = Number(env, video_metadata.GetHeight());
  metadata["spatialIndex"] = Number(env, video_metadata.GetSpatialIndex());
  metadata["temporalIndex"] = Number(env, video_metadata.GetTemporalIndex());
  metadata["contributingSources"] = NumberArray(env, video_metadata.GetCsrcs());
  if (napi_value time = Micros(env, frame_->GetPresentationTimestamp())) {
    metadata["timestamp"] = time;
  }
  if (const std::optional<std::string> rid = video().Rid()) {
    metadata["rid"] = ToJs(env, *rid);
  }
  return metadata;
}

void EncodedFrameHandle::SetMetadata(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_) return;
  const auto integer = [&](const char* name, int64_t max) {
    return ReadInteger(env, Member(env, info[0], name), 0, max);
  };
  if (const auto time = integer("rtpTimestamp", std::numeric_limits<uint32_t>::max())) {
    frame_->SetRTPTimestamp(static_cast<uint32_t>(*time));
  }
  if (const auto type = integer("payloadType", 127); type && frame_->CanSetPayloadType()) {
    frame_->SetPayloadType(static_cast<uint8_t>(*type));
  }
  if (!is_video_) {
    if (const auto level = integer("audioLevel", 127); level && audio().CanSetAudioLevel()) {
      audio().SetAudioLevel(static_cast<uint8_t>(*level));
    }
    return;
  }
  webrtc::VideoFrameMetadata metadata = video().Metadata();
  if (const auto id = integer("frameId", kMaxInteger)) metadata.SetFrameId(id);
  if (const auto list = ReadIntegers(env, Member(env, info[0], "dependencies"), kMaxInteger)) {
    metadata.SetDependencies(std::span<const int64_t>(*list));
  }
  if (const auto width = integer("width", std::numeric_limits<int16_t>::max())) {
    metadata.SetWidth(static_cast<uint16_t>(*width));
  }
  if (const auto height = integer("height", std::numeric_limits<int16_t>::max())) {
    metadata.SetHeight(static_cast<uint16_t>(*height));
  }
  // As many layers as libwebrtc's arrays have room for.
  if (const auto index = integer("spatialIndex", 3)) {
    metadata.SetSpatialIndex(static_cast<int>(*index));
  }
  if (const auto index = integer("temporalIndex", 3)) {
    metadata.SetTemporalIndex(static_cast<int>(*index));
  }
  const auto sources = ReadIntegers(env, Member(env, info[0], "contributingSources"),
                                    std::numeric_limits<uint32_t>::max());
  if (sources && sources->size() <= 15) {
    metadata.SetCsrcs(std::vector<uint32_t>(sources->begin(), sources->end()));
  }
  video().SetMetadata(metadata);
}

Napi::Value EncodedFrameHandle::Clone(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_) return env.Null();
  EncodedFrame clone;
  if (is_video_) {
    // A copy of a received frame is one to be sent, which receivers take too.
    clone = webrtc::CloneSenderVideoFrame(&video());
  } else if (frame_->GetDirection() == TransformableFrameInterface::Direction::kReceiver) {
    clone = webrtc::CloneReceiverAudioFrame(&audio());
  } else {
    clone = webrtc::CloneSenderAudioFrame(&audio());
  }
  if (!clone) return env.Null();
  return New(*Runtime::From(env), std::move(clone), is_video_);
}

Napi::Value EncodedFrameHandle::Release(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!frame_) return env.Null();
  const uint64_t token =
      Table::Get().Put(Runtime::From(env).get(), {.frame = LetGo(), .is_video = is_video_});
  return Napi::BigInt::New(env, token);
}

}  // namespace node_libwebrtc
