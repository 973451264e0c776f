#include "native/audio_sink.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "native/audio_buffer.h"
#include "native/audio_data.h"
#include "native/bridge/convert.h"
#include "native/runtime/wake_batch.h"
#include "native/sink_queue.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// Samples that come this much later than they should follow a pause of their source.
constexpr int64_t kPauseUs = 200'000;

// Gives blocks their times: they count samples, so that one block begins where the last one ended.
class BlockClock final {
 public:
  int64_t Next(int sample_rate, size_t frames) {
    const int64_t now_us = webrtc::TimeMicros();
    if (sample_rate != sample_rate_ || now_us - Position() > kPauseUs) {
      start_us_ = sample_rate_ == 0 ? now_us : std::max(now_us, Position());
      sample_rate_ = sample_rate;
      frames_ = 0;
    }
    const int64_t position_us = Position();
    frames_ += static_cast<int64_t>(frames);
    return position_us;
  }

 private:
  int64_t Position() const {
    return sample_rate_ == 0 ? 0 : start_us_ + frames_ * 1'000'000 / sample_rate_;
  }

  int sample_rate_ = 0;
  int64_t start_us_ = 0;
  int64_t frames_ = 0;
};

// Whether the second block begins where the first one ends; their times are rounded.
bool Follows(const TimedAudio& first, const TimedAudio& second) {
  const int64_t end_us = first.timestamp_us + static_cast<int64_t>(first.buffer->frames) *
                                                  1'000'000 / first.buffer->sample_rate;
  return first.buffer->sample_rate == second.buffer->sample_rate &&
         first.buffer->channels == second.buffer->channels &&
         std::abs(second.timestamp_us - end_us) <= 1;
}

// Blocks that follow one another as one.
std::vector<TimedAudio> Merge(std::vector<TimedAudio> blocks) {
  std::vector<TimedAudio> merged;
  for (size_t from = 0, to = 0; from < blocks.size(); from = to) {
    size_t frames = blocks[from].buffer->frames;
    size_t bytes = blocks[from].buffer->bytes.size();
    for (to = from + 1; to < blocks.size() && Follows(blocks[to - 1], blocks[to]); ++to) {
      frames += blocks[to].buffer->frames;
      bytes += blocks[to].buffer->bytes.size();
    }
    if (to == from + 1) {
      merged.push_back(std::move(blocks[from]));
      continue;
    }
    const AudioBuffer& first = *blocks[from].buffer;
    auto buffer = std::make_shared<AudioBuffer>(AudioBuffer{.format = first.format,
                                                            .sample_rate = first.sample_rate,
                                                            .frames = frames,
                                                            .channels = first.channels,
                                                            .bytes = {}});
    buffer->bytes.reserve(bytes);
    for (size_t i = from; i < to; ++i) {
      const std::vector<uint8_t>& part = blocks[i].buffer->bytes;
      buffer->bytes.insert(buffer->bytes.end(), part.begin(), part.end());
    }
    merged.push_back({.buffer = std::move(buffer), .timestamp_us = blocks[from].timestamp_us});
  }
  return merged;
}

}  // namespace

// Takes blocks on the thread that produces them.
class AudioSinkHandle::Consumer final : public AudioConsumer {
 public:
  Consumer(EventLoop& loop, WeakHandle<AudioSinkHandle> handle, size_t max_queue_length,
           int64_t interval_us)
      : loop_(loop),
        handle_(std::move(handle)),
        queue_(max_queue_length),
        interval_us_(interval_us) {}

  SinkQueue<TimedAudio>& queue() { return queue_; }

  // AudioConsumer
  void OnData(const void* audio_data, int, int sample_rate, size_t number_of_channels,
              size_t number_of_frames, std::optional<int64_t>) override {
    const auto* bytes = static_cast<const uint8_t*>(audio_data);
    const size_t size = number_of_frames * number_of_channels * sizeof(int16_t);
    auto buffer = std::make_shared<AudioBuffer>(
        AudioBuffer{.format = {.type = SampleType::kS16, .planar = false},
                    .sample_rate = sample_rate,
                    .frames = number_of_frames,
                    .channels = number_of_channels,
                    .bytes = {bytes, bytes + size}});
    const int64_t timestamp_us = clock_.Next(sample_rate, number_of_frames);
    if (sample_rate > 0) {
      waiting_us_ += static_cast<int64_t>(number_of_frames) * 1'000'000 / sample_rate;
    }
    const bool may_wait = waiting_us_ < interval_us_;
    if (!may_wait) waiting_us_ = 0;
    if (queue_.Push({.buffer = std::move(buffer), .timestamp_us = timestamp_us}, may_wait)) {
      WakeUp();
    }
  }
  void OnEnded() override {
    if (queue_.End()) WakeUp();
  }

 private:
  void WakeUp() {
    // The loop outlives whoever gives blocks, this consumer may not.
    WakeBatch::Run([&loop = loop_, handle = handle_] {
      loop.Post([handle](Napi::Env) {
        if (AudioSinkHandle* sink = handle.get()) sink->Deliver();
      });
    });
  }

  EventLoop& loop_;
  const WeakHandle<AudioSinkHandle> handle_;
  SinkQueue<TimedAudio> queue_;
  // JS is woken when as much has come since it was the last time.
  const int64_t interval_us_;
  // Used by blocks only, which come one at a time.
  BlockClock clock_;
  int64_t waiting_us_ = 0;
};

void AudioSinkHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(kClassName,
                         DefineClass(runtime.env(), kClassName,
                                     {
                                         InstanceAccessor<&AudioSinkHandle::Dropped>("dropped"),
                                         InstanceMethod<&AudioSinkHandle::Close>("close"),
                                     }));
}

Napi::Value AudioSinkHandle::Create(Runtime& runtime, webrtc::scoped_refptr<AudioTrackNode> node,
                                    napi_value options) {
  Napi::Env env = runtime.env();
  const int64_t length =
      ReadInteger(env, Member(env, options, "maxQueueLength"), 1, 1'000'000).value_or(1);
  return NewHandle<AudioSinkHandle>(
      runtime,
      {.node = std::move(node),
       .max_queue_length = static_cast<size_t>(length),
       .merges = ReadBool(env, Member(env, options, "merges")).value_or(false),
       .interval_us =
           1000 * ReadInteger(env, Member(env, options, "interval"), 0, 65'535).value_or(0)});
}

AudioSinkHandle::AudioSinkHandle(const Napi::CallbackInfo& info) : Handle<AudioSinkHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  node_ = std::move(init->node);
  merges_ = init->merges;
  consumer_ = std::make_unique<Consumer>(loop(), Weak(), init->max_queue_length, init->interval_us);
  node_->AddConsumer(consumer_.get());
}

AudioSinkHandle::~AudioSinkHandle() { Detach(); }

void AudioSinkHandle::Detach() {
  if (auto node = std::exchange(node_, nullptr)) node->RemoveConsumer(consumer_.get());
}

void AudioSinkHandle::Deliver() {
  // Between its collection and its finalizer a handle has no JS object any more.
  if (!node_ || !Value()) return;
  Napi::Env env = Env();
  napi_value sink = nullptr;
  if (!FindSinkFunction(env, Value(), &sink, "blocks")) {
    consumer_->queue().Defer();
    return;
  }
  auto [blocks, ended] = consumer_->queue().Take();
  // A task of its own, behind the blocks.
  if (ended) Emit("ended");
  if (blocks.empty()) return;
  if (merges_) blocks = Merge(std::move(blocks));
  CallSink(env, Value(), "blocks", [&](Napi::Env, SinkArguments& arguments) {
    std::vector<napi_value> handles;
    handles.reserve(blocks.size());
    for (TimedAudio& block : blocks) {
      handles.push_back(AudioDataHandle::New(runtime(), std::move(block)));
    }
    arguments.push_back(MakeArray(env, handles));
  });
}

Napi::Value AudioSinkHandle::Dropped(const Napi::CallbackInfo& info) {
  const double dropped = consumer_ ? static_cast<double>(consumer_->queue().dropped()) : 0;
  return {info.Env(), ToJs(info.Env(), dropped)};
}

void AudioSinkHandle::Close(const Napi::CallbackInfo&) {
  Detach();
  if (consumer_) consumer_->queue().Take();
}

}  // namespace node_libwebrtc
