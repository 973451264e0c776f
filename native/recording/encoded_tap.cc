#include "native/recording/encoded_tap.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "native/bridge/convert.h"
#include "native/recording/chunk_delivery.h"
#include "native/recording/tap_queue.h"

namespace node_libwebrtc {

namespace {

napi_value MakeChunk(napi_env env, const EncodedChunk& chunk, napi_value data) {
  return MakeObject(env, {{"codec", ToJs(env, chunk.codec)},
                          {"data", data},
                          {"key", ToJs(env, chunk.key)},
                          {"timestamp", ToJs(env, static_cast<double>(chunk.timestamp_us))},
                          {"rtpTimestamp", ToJs(env, chunk.rtp_timestamp)},
                          {"clockRate", ToJs(env, chunk.clock_rate)},
                          {"duration", ToJs(env, static_cast<double>(chunk.duration_us))},
                          {"width", ToJs(env, chunk.width)},
                          {"height", ToJs(env, chunk.height)},
                          {"rotation", ToJs(env, chunk.rotation)},
                          {"channelCount", ToJs(env, chunk.channels)}});
}

// The bytes of all chunks are in one buffer: each buffer costs the collector as much as many bytes.
napi_value MakeChunks(napi_env env, const std::vector<EncodedChunk>& chunks) {
  size_t size = 0;
  for (const EncodedChunk& chunk : chunks) size += chunk.size;
  void* bytes = nullptr;
  napi_value buffer = nullptr;
  std::vector<napi_value> values;
  if (napi_create_arraybuffer(env, size, &bytes, &buffer) != napi_ok) return MakeArray(env, values);
  values.reserve(chunks.size());
  size_t offset = 0;
  for (const EncodedChunk& chunk : chunks) {
    if (chunk.size > 0) {
      std::memcpy(static_cast<uint8_t*>(bytes) + offset, chunk.bytes().data(), chunk.size);
    }
    napi_value data = nullptr;
    napi_create_typedarray(env, napi_uint8_array, chunk.size, buffer, offset, &data);
    offset += chunk.size;
    values.push_back(MakeChunk(env, chunk, data));
  }
  return MakeArray(env, values);
}

napi_value MakeReport(napi_env env, const SenderReportTimes& report) {
  return MakeObject(env, {{"ntpTime", ToJs(env, report.ntp_us)},
                          {"rtpTimestamp", ToJs(env, report.rtp_timestamp)},
                          {"timestamp", ToJs(env, static_cast<double>(report.timestamp_us))}});
}

}  // namespace

void EncodedTapHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(runtime.env(), kClassName,
                  {
                      InstanceAccessor<&EncodedTapHandle::Dropped>("dropped"),
                      InstanceMethod<&EncodedTapHandle::RequestKeyFrame>("requestKeyFrame"),
                      InstanceMethod<&EncodedTapHandle::SetBitrate>("setBitrate"),
                      InstanceMethod<&EncodedTapHandle::Drain>("drain"),
                      InstanceMethod<&EncodedTapHandle::Close>("close"),
                  }));
}

Napi::Value EncodedTapHandle::Create(Runtime& runtime, Start start, napi_value options) {
  Napi::Env env = runtime.env();
  const int64_t length =
      ReadInteger(env, Member(env, options, "maxQueueLength"), 1, 1'000'000).value_or(1);
  const int64_t delay_ms =
      ReadInteger(env, Member(env, options, "maxDelay"), 0, 10'000).value_or(0);
  return NewHandle<EncodedTapHandle>(runtime, {.start = std::move(start),
                                               .max_queue_length = static_cast<size_t>(length),
                                               .max_delay = webrtc::TimeDelta::Millis(delay_ms)});
}

EncodedTapHandle::EncodedTapHandle(const Napi::CallbackInfo& info)
    : Handle<EncodedTapHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  ChunkDelivery& delivery = runtime().chunk_delivery();
  queue_ = std::make_shared<TapQueue>(
      init->max_queue_length, [&delivery, weak = Weak(), max_delay = init->max_delay](bool now) {
        delivery.Schedule(weak, now ? webrtc::TimeDelta::Zero() : max_delay);
      });
  feed_ = std::move(init->start)(queue_);
}

EncodedTapHandle::~EncodedTapHandle() { Stop(); }

void EncodedTapHandle::Stop() {
  // An encoder may still be in a frame, which comes too late then.
  if (queue_) queue_->Close();
  feed_ = nullptr;
}

void EncodedTapHandle::Deliver() {
  // Between its collection and its finalizer a handle has no JS object any more.
  if (!feed_ || !Value()) return;
  Napi::Env env = Env();
  // One for each tap: a task delivers to many.
  const Napi::HandleScope scope(env);
  napi_value sink = nullptr;
  if (!FindSinkFunction(env, Value(), &sink, "chunks")) {
    queue_->Defer();
    return;
  }
  TapQueue::Batch batch = queue_->Take();
  if (batch.needs_key) feed_->RequestKeyFrame();
  // Tasks of their own, behind the chunks.
  if (batch.failure) {
    Emit("failed",
         [message = *std::move(batch.failure)](Napi::Env task_env, SinkArguments& arguments) {
           arguments.push_back(ToJs(task_env, message));
         });
  } else if (batch.ended) {
    Emit("ended");
  }
  for (const SenderReportTimes& report : batch.reports) {
    CallSink(env, Value(), "senderReport", [&](Napi::Env, SinkArguments& arguments) {
      arguments.push_back(MakeReport(env, report));
    });
  }
  if (batch.chunks.empty()) return;
  CallSink(env, Value(), "chunks", [&](Napi::Env, SinkArguments& arguments) {
    arguments.push_back(MakeChunks(env, batch.chunks));
  });
}

// ---- `NativeEncodedTap`

Napi::Value EncodedTapHandle::Dropped(const Napi::CallbackInfo& info) {
  const double dropped = queue_ ? static_cast<double>(queue_->dropped()) : 0;
  return {info.Env(), ToJs(info.Env(), dropped)};
}

void EncodedTapHandle::RequestKeyFrame(const Napi::CallbackInfo&) {
  if (feed_) feed_->RequestKeyFrame();
}

void EncodedTapHandle::SetBitrate(const Napi::CallbackInfo& info) {
  const std::optional<int64_t> bitrate =
      ReadInteger(info.Env(), info[0], 1, std::numeric_limits<int>::max());
  if (feed_ && bitrate) feed_->SetBitrate(static_cast<int>(*bitrate));
}

Napi::Value EncodedTapHandle::Drain(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return {env, MakeChunks(env, feed_ ? queue_->TakeChunks() : std::vector<EncodedChunk>())};
}

void EncodedTapHandle::Close(const Napi::CallbackInfo&) { Stop(); }

}  // namespace node_libwebrtc
