#include "native/recording/audio_encoding.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/audio/audio_view.h"
#include "api/audio_codecs/audio_encoder.h"
#include "api/audio_codecs/audio_encoder_factory.h"
#include "api/audio_codecs/audio_format.h"
#include "api/audio_codecs/builtin_audio_encoder_factory.h"
#include "api/environment/environment.h"
#include "common_audio/resampler/include/push_resampler.h"
#include "native/recording/audio_timeline.h"
#include "native/runtime/runtime.h"
#include "native/runtime/task_pool.h"
#include "rtc_base/buffer.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

constexpr int kRate = 48'000;
constexpr size_t kBlockFrames = kRate / 100;
constexpr int64_t kBlockUs = 10'000;
// Encoders want one; nobody sees it.
constexpr int kPayloadType = 111;
// What the encoder has no time for is a gap: two seconds.
constexpr size_t kMaxWaitingBlocks = 200;
// Times of blocks that follow one another differ by less from what they should be.
constexpr int64_t kGapUs = 1000;

// Blocks of 10 ms at any rate, with one or two channels in the end.
struct Block {
  std::vector<int16_t> samples;
  int sample_rate;
  size_t channels;
  size_t frames;
  int64_t timestamp_us;
};

// Of more than two channels those on either side are mixed, one after the other.
std::vector<int16_t> MixDown(const std::vector<int16_t>& samples, size_t from, size_t to) {
  if (from == to) return samples;
  const size_t frames = samples.size() / from;
  std::vector<int16_t> result(frames * to);
  for (size_t frame = 0; frame < frames; ++frame) {
    for (size_t i = 0; i < to; ++i) {
      int sum = 0, count = 0;
      for (size_t channel = i % from; channel < from; channel += to) {
        sum += samples[frame * from + channel];
        ++count;
      }
      result[frame * to + i] = static_cast<int16_t>(sum / count);
    }
  }
  return result;
}

// An encoder and the blocks on their way to it. Blocks come on whatever thread produces them.
class AudioEncoding final : public AudioConsumer,
                            public std::enable_shared_from_this<AudioEncoding> {
 public:
  AudioEncoding(const webrtc::Environment& environment, std::shared_ptr<TaskPool::Queue> queue,
                const AudioEncodingOptions& options, std::shared_ptr<EncodedConsumer> consumer)
      : environment_(environment),
        options_(options),
        queue_(std::move(queue)),
        consumer_(std::move(consumer)),
        bits_per_second_(options.bits_per_second) {}

  void SetBitrate(int bits_per_second) {
    webrtc::MutexLock lock(&mutex_);
    bits_per_second_ = bits_per_second;
  }
  void Close() {
    // Released outside the lock.
    std::deque<Block> blocks;
    webrtc::MutexLock lock(&mutex_);
    closed_ = true;
    blocks.swap(waiting_);
  }

  // AudioConsumer
  void OnData(const void* audio_data, int, int sample_rate, size_t number_of_channels,
              size_t number_of_frames, std::optional<int64_t>) override {
    const auto* samples = static_cast<const int16_t*>(audio_data);
    if (number_of_channels == 0 || number_of_frames == 0) return;
    Block block{
        .samples = {samples, samples + number_of_frames * number_of_channels},
        .sample_rate = sample_rate,
        .channels = number_of_channels,
        .frames = number_of_frames,
        .timestamp_us = timeline_.Next(sample_rate, number_of_frames, webrtc::TimeMicros())};
    std::optional<Block> overdue;
    webrtc::MutexLock lock(&mutex_);
    if (closed_) return;
    if (waiting_.size() == kMaxWaitingBlocks) {
      overdue = std::move(waiting_.front());
      waiting_.pop_front();
    }
    waiting_.push_back(std::move(block));
    // A packet takes two.
    if (waiting_.size() > 1) Schedule();
  }
  void OnEnded() override {
    webrtc::MutexLock lock(&mutex_);
    ended_ = true;
    if (!closed_) Schedule();
  }

 private:
  void Schedule() RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(scheduled_, true)) return;
    queue_->PostTask([self = shared_from_this()] { self->EncodeWaiting(); });
  }

  // Everything below runs on the queue.
  void EncodeWaiting() {
    std::deque<Block> blocks;
    int bits_per_second;
    bool ended;
    {
      webrtc::MutexLock lock(&mutex_);
      scheduled_ = false;
      if (closed_) return;
      blocks.swap(waiting_);
      bits_per_second = bits_per_second_;
      ended = ended_;
    }
    for (const Block& block : blocks) {
      if (failed_ || !Prepare(block.channels, bits_per_second)) return;
      Encode(block);
    }
    if (!ended || failed_) return;
    Flush();
    consumer_->OnEnded();
  }

  // The first block says how many channels there are.
  bool Prepare(size_t channels, int bits_per_second) {
    if (!encoder_) {
      channels_ = std::min<size_t>(channels, 2);
      webrtc::SdpAudioFormat format("opus", kRate, 2, {{"stereo", channels_ == 2 ? "1" : "0"}});
      if (options_.constant_bitrate) format.parameters["cbr"] = "1";
      webrtc::AudioEncoderFactory::Options encoder_options;
      encoder_options.payload_type = kPayloadType;
      encoder_ =
          webrtc::CreateBuiltinAudioEncoderFactory()->Create(environment_, format, encoder_options);
      if (!encoder_) {
        failed_ = true;
        consumer_->OnFailed("There is no encoder of Opus");
        return false;
      }
      encoder_->SetApplication(webrtc::AudioEncoder::Application::kAudio);
      // It follows a bitrate only when it knows what packets cost beside.
      encoder_->OnReceivedOverhead(0);
    }
    if (std::exchange(told_bits_per_second_, bits_per_second) != bits_per_second) {
      encoder_->OnReceivedTargetAudioBitrate(bits_per_second);
    }
    return true;
  }

  void Encode(const Block& block) {
    // A source begins again after a pause, or blocks were thrown away.
    if (next_us_ && std::abs(block.timestamp_us - *next_us_) > kGapUs) Flush();
    next_us_ = block.timestamp_us + kBlockUs;
    if (packet_blocks_ == 0) packet_us_ = block.timestamp_us;
    std::vector<int16_t> samples = MixDown(block.samples, block.channels, channels_);
    if (block.sample_rate != kRate) {
      std::vector<int16_t> resampled(kBlockFrames * channels_);
      resampler_.Resample(
          webrtc::InterleavedView<const int16_t>(samples.data(), block.frames, channels_),
          webrtc::InterleavedView<int16_t>(resampled.data(), kBlockFrames, channels_));
      samples.swap(resampled);
    }
    EncodeBlock(samples);
  }

  void EncodeBlock(const std::vector<int16_t>& samples) {
    if (samples.size() != kBlockFrames * channels_) return;
    webrtc::Buffer encoded;
    const auto info = encoder_->Encode(rtp_timestamp_, samples, &encoded);
    rtp_timestamp_ += kBlockFrames;
    ++packet_blocks_;
    if (info.encoded_bytes == 0) return;
    const size_t blocks = std::exchange(packet_blocks_, 0);
    EncodedChunk chunk{.codec = "opus",
                       .size = info.encoded_bytes,
                       .timestamp_us = packet_us_,
                       .clock_rate = kRate,
                       .duration_us = static_cast<int64_t>(blocks) * kBlockUs,
                       .channels = static_cast<int>(channels_)};
    chunk.buffer = webrtc::EncodedImageBuffer::Create(encoded.data(), encoded.size());
    consumer_->OnChunk(chunk);
  }

  // Fills the packet that has been begun with silence.
  void Flush() {
    const std::vector<int16_t> silence(kBlockFrames * channels_, 0);
    for (int i = 0; packet_blocks_ > 0 && i < 12; ++i) EncodeBlock(silence);
    packet_blocks_ = 0;
    next_us_.reset();
  }

  const webrtc::Environment environment_;
  const AudioEncodingOptions options_;
  const std::shared_ptr<TaskPool::Queue> queue_;
  const std::shared_ptr<EncodedConsumer> consumer_;
  // Used by blocks only, which come one at a time.
  AudioTimeline timeline_;

  webrtc::Mutex mutex_;
  std::deque<Block> waiting_ RTC_GUARDED_BY(mutex_);
  int bits_per_second_ RTC_GUARDED_BY(mutex_);
  bool scheduled_ RTC_GUARDED_BY(mutex_) = false;
  bool ended_ RTC_GUARDED_BY(mutex_) = false;
  bool closed_ RTC_GUARDED_BY(mutex_) = false;

  // The queue's.
  std::unique_ptr<webrtc::AudioEncoder> encoder_;
  size_t channels_ = 0;
  int told_bits_per_second_ = 0;
  webrtc::PushResampler<int16_t> resampler_;
  uint32_t rtp_timestamp_ = 0;
  // Of the packet that has been begun.
  size_t packet_blocks_ = 0;
  int64_t packet_us_ = 0;
  // Where the next block should begin.
  std::optional<int64_t> next_us_;
  bool failed_ = false;
};

class AudioEncodingFeed final : public EncodedFeed {
 public:
  AudioEncodingFeed(Runtime::Lease engine, webrtc::scoped_refptr<AudioTrackNode> node,
                    std::shared_ptr<AudioEncoding> encoding)
      : engine_(std::move(engine)), node_(std::move(node)), encoding_(std::move(encoding)) {
    node_->AddConsumer(encoding_.get());
  }
  ~AudioEncodingFeed() override {
    node_->RemoveConsumer(encoding_.get());
    encoding_->Close();
  }

  void SetBitrate(int bits_per_second) override { encoding_->SetBitrate(bits_per_second); }

 private:
  Runtime::Lease engine_;
  const webrtc::scoped_refptr<AudioTrackNode> node_;
  const std::shared_ptr<AudioEncoding> encoding_;
};

}  // namespace

std::unique_ptr<EncodedFeed> StartAudioEncoding(Runtime& runtime,
                                                webrtc::scoped_refptr<AudioTrackNode> node,
                                                const AudioEncodingOptions& options,
                                                std::shared_ptr<EncodedConsumer> consumer) {
  Runtime::Lease engine = runtime.Acquire();
  if (!engine) return nullptr;
  auto encoding = std::make_shared<AudioEncoding>(
      engine->environment(), runtime.task_pool()->CreateQueue(TaskPool::Priority::kAudio), options,
      std::move(consumer));
  return std::make_unique<AudioEncodingFeed>(std::move(engine), std::move(node),
                                             std::move(encoding));
}

}  // namespace node_libwebrtc
