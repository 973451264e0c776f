#include "native/paced_audio.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "native/audio_blocks.h"
#include "native/audio_buffer.h"
#include "native/runtime/task_pool.h"
#include "native/runtime/wake_batch.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

// As much as most packets take: threads wake once for each.
constexpr double kIntervalUs = 20'000;

double DurationUs(const AudioBuffer& buffer, size_t frames) {
  return static_cast<double>(frames) * 1e6 / buffer.sample_rate;
}

class Player final : public MediaClock::Client, public std::enable_shared_from_this<Player> {
 public:
  Player(std::shared_ptr<MediaClock> clock, std::shared_ptr<AudioSourceOrigin::Consumers> consumers)
      : clock_(std::move(clock)), consumers_(std::move(consumers)) {}

  void Push(AudioBufferRef buffer) {
    webrtc::MutexLock lock(&mutex_);
    total_us_ += DurationUs(*buffer, buffer->frames);
    queue_.push_back(std::move(buffer));
    if (!std::exchange(ticking_, true)) clock_->Start(weak_from_this(), kIntervalUs);
  }

  void Clear() {
    // Released outside the lock.
    std::deque<AudioBufferRef> dropped;
    webrtc::MutexLock lock(&mutex_);
    dropped.swap(queue_);
    played_frames_ = 0;
    total_us_ = 0;
  }

  double QueuedSeconds() const {
    webrtc::MutexLock lock(&mutex_);
    if (queue_.empty()) return 0;
    return (total_us_ - DurationUs(*queue_.front(), played_frames_)) / 1e6;
  }

 private:
  struct Part {
    AudioBufferRef buffer;
    size_t offset;
    size_t frames;
  };

  bool OnTick(int64_t) override {
    const std::vector<Part> parts = Take();
    if (parts.empty()) return false;
    const WakeBatch batch;
    // A sender's encoder takes what it gets on a queue.
    const TaskPool::HelpScope help;
    for (const Part& part : parts) {
      blocks_.Append(*part.buffer, part.offset, part.frames);
      blocks_.TakeAll(
          [this](const int16_t* samples, int sample_rate, size_t channels, size_t frames) {
            consumers_->ForEach([&](AudioConsumer& consumer) {
              consumer.OnData(samples, 16, sample_rate, channels, frames, std::nullopt);
            });
          });
    }
    return true;
  }

  // What it is time for. Without any the clock stops calling.
  std::vector<Part> Take() {
    std::vector<Part> parts;
    webrtc::MutexLock lock(&mutex_);
    due_us_ += kIntervalUs;
    while (!queue_.empty()) {
      const AudioBufferRef& next = queue_.front();
      // Whole frames; what a rate makes of the rest is due the next time.
      const auto due = static_cast<size_t>(due_us_ * next->sample_rate / 1e6);
      const size_t frames = std::min(next->frames - played_frames_, due);
      if (frames == 0) break;
      parts.push_back({.buffer = next, .offset = played_frames_, .frames = frames});
      due_us_ -= DurationUs(*next, frames);
      played_frames_ += frames;
      if (played_frames_ < next->frames) break;
      total_us_ -= DurationUs(*next, next->frames);
      played_frames_ = 0;
      queue_.pop_front();
    }
    if (queue_.empty()) {
      due_us_ = 0;
      total_us_ = 0;
    }
    ticking_ = !parts.empty();
    return parts;
  }

  const std::shared_ptr<MediaClock> clock_;
  const std::shared_ptr<AudioSourceOrigin::Consumers> consumers_;

  mutable webrtc::Mutex mutex_;
  std::deque<AudioBufferRef> queue_ RTC_GUARDED_BY(mutex_);
  // Of the first of them.
  size_t played_frames_ RTC_GUARDED_BY(mutex_) = 0;
  // Of all of them, as they were pushed.
  double total_us_ RTC_GUARDED_BY(mutex_) = 0;
  double due_us_ RTC_GUARDED_BY(mutex_) = 0;
  // Whether the clock calls.
  bool ticking_ RTC_GUARDED_BY(mutex_) = false;

  // Of the clock's thread.
  AudioBlocks blocks_;
};

class PacedAudioOrigin : public AudioSourceOrigin {
 public:
  explicit PacedAudioOrigin(std::shared_ptr<MediaClock> clock)
      : player_(std::make_shared<Player>(std::move(clock), consumers())) {}

  void Stop() override {
    player_->Clear();
    AudioSourceOrigin::Stop();
  }
  bool Push(AudioBufferRef buffer) override {
    player_->Push(std::move(buffer));
    return true;
  }
  double QueuedSeconds() const override { return player_->QueuedSeconds(); }
  void Clear() override { player_->Clear(); }

 private:
  const std::shared_ptr<Player> player_;
};

}  // namespace

webrtc::scoped_refptr<AudioSourceOrigin> CreatePacedAudio(std::shared_ptr<MediaClock> clock) {
  return webrtc::make_ref_counted<PacedAudioOrigin>(std::move(clock));
}

}  // namespace node_libwebrtc
