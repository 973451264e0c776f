#include "native/synthetic_audio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "native/runtime/task_pool.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

constexpr double kIntervalUs = 10'000;
constexpr double kAmplitude = 0.25;

class Signal {
 public:
  virtual ~Signal() = default;
  // From -1 to 1.
  virtual double Next() = 0;
};

class Tone final : public Signal {
 public:
  Tone(int sample_rate, double frequency) : step_(2 * std::numbers::pi * frequency / sample_rate) {}

  double Next() override {
    const double sample = std::sin(phase_);
    phase_ = std::fmod(phase_ + step_, 2 * std::numbers::pi);
    return sample;
  }

 private:
  const double step_;
  double phase_ = 0;
};

// A resonance, as the vocal tract has some.
class Formant final {
 public:
  Formant(int sample_rate, double frequency, double bandwidth) {
    const double radius = std::exp(-std::numbers::pi * bandwidth / sample_rate);
    a1_ = 2 * radius * std::cos(2 * std::numbers::pi * frequency / sample_rate);
    a2_ = -radius * radius;
    gain_ = 1 - radius;
  }

  double Next(double input) {
    const double output = gain_ * input + a1_ * last_ + a2_ * before_last_;
    before_last_ = std::exchange(last_, output);
    return output;
  }

 private:
  double a1_;
  double a2_;
  double gain_;
  double last_ = 0;
  double before_last_ = 0;
};

// Syllables of noise with pauses between words.
class Speech final : public Signal {
 public:
  explicit Speech(int sample_rate)
      : sample_rate_(sample_rate),
        formants_{{{sample_rate, 500, 90}, {sample_rate, 1500, 120}, {sample_rate, 2500, 160}}} {}

  double Next() override {
    if (position_ == length_) NextSyllable();
    const double progress = static_cast<double>(position_++) / static_cast<double>(length_);
    const double envelope = silent_ ? 0 : std::sin(std::numbers::pi * progress);
    const double noise = Uniform(-1, 1) * envelope;
    double sample = 0;
    for (Formant& formant : formants_) sample += formant.Next(noise);
    return std::clamp(8 * sample, -1.0, 1.0);
  }

 private:
  double Uniform(double from, double to) {
    return from + (to - from) * static_cast<double>(random_() - std::minstd_rand::min()) /
                      static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
  }

  void NextSyllable() {
    silent_ = syllables_-- == 0;
    if (silent_) syllables_ = static_cast<int>(Uniform(1, 5));
    length_ =
        static_cast<int64_t>(sample_rate_ * Uniform(silent_ ? 0.1 : 0.12, silent_ ? 0.4 : 0.25));
    position_ = 0;
  }

  const int sample_rate_;
  std::array<Formant, 3> formants_;
  // The same in every run.
  std::minstd_rand random_;
  bool silent_ = true;
  int syllables_ = 0;
  int64_t length_ = 0;
  int64_t position_ = 0;
};

class Microphone final : public MediaClock::Client,
                         public std::enable_shared_from_this<Microphone> {
 public:
  Microphone(std::shared_ptr<MediaClock> clock, const SyntheticAudioOptions& options,
             std::shared_ptr<AudioSourceOrigin::Consumers> consumers)
      : clock_(std::move(clock)), options_(options), consumers_(std::move(consumers)) {
    if (options_.is_speech) {
      signal_ = std::make_unique<Speech>(options_.sample_rate);
    } else {
      signal_ = std::make_unique<Tone>(options_.sample_rate, options_.frequency);
    }
  }

  void ChangeDemand(int difference) {
    webrtc::MutexLock lock(&mutex_);
    demand_ += difference;
    if (demand_ > 0 && !stopped_ && !std::exchange(ticking_, true)) {
      clock_->Start(weak_from_this(), kIntervalUs);
    }
  }
  void Stop() {
    webrtc::MutexLock lock(&mutex_);
    stopped_ = true;
  }

 private:
  bool OnTick(int64_t) override {
    {
      webrtc::MutexLock lock(&mutex_);
      ticking_ = demand_ > 0 && !stopped_;
      if (!ticking_) return false;
    }
    const size_t frames = static_cast<size_t>(options_.sample_rate / 100);
    block_.resize(frames * options_.channel_count);
    for (size_t i = 0; i < frames; ++i) {
      const auto sample = static_cast<int16_t>(std::lround(32767 * kAmplitude * signal_->Next()));
      std::fill_n(block_.begin() + static_cast<ptrdiff_t>(i * options_.channel_count),
                  options_.channel_count, sample);
    }
    // A sender's encoder takes what it gets on a queue.
    const TaskPool::HelpScope help;
    consumers_->ForEach([&](AudioConsumer& consumer) {
      consumer.OnData(block_.data(), 16, options_.sample_rate, options_.channel_count, frames,
                      std::nullopt);
    });
    return true;
  }

  const std::shared_ptr<MediaClock> clock_;
  const SyntheticAudioOptions options_;
  const std::shared_ptr<AudioSourceOrigin::Consumers> consumers_;

  webrtc::Mutex mutex_;
  int demand_ RTC_GUARDED_BY(mutex_) = 0;
  bool stopped_ RTC_GUARDED_BY(mutex_) = false;
  // Whether the clock calls.
  bool ticking_ RTC_GUARDED_BY(mutex_) = false;

  // Of the clock's thread.
  std::unique_ptr<Signal> signal_;
  std::vector<int16_t> block_;
};

class SyntheticAudioOrigin : public AudioSourceOrigin {
 public:
  SyntheticAudioOrigin(std::shared_ptr<MediaClock> clock, const SyntheticAudioOptions& options)
      : microphone_(std::make_shared<Microphone>(std::move(clock), options, consumers())) {}

  void Stop() override {
    microphone_->Stop();
    AudioSourceOrigin::Stop();
  }
  void AddDemand() override { microphone_->ChangeDemand(1); }
  void RemoveDemand() override { microphone_->ChangeDemand(-1); }

 private:
  const std::shared_ptr<Microphone> microphone_;
};

}  // namespace

webrtc::scoped_refptr<AudioSourceOrigin> CreateSyntheticAudio(
    std::shared_ptr<MediaClock> clock, const SyntheticAudioOptions& options) {
  return webrtc::make_ref_counted<SyntheticAudioOrigin>(std::move(clock), options);
}

}  // namespace node_libwebrtc
