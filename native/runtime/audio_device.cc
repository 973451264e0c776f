#include "native/runtime/audio_device.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "native/echo_reference.h"
#include "native/runtime/media_clock.h"
#include "native/runtime/network_thread.h"
#include "native/runtime/playout_demand.h"
#include "native/runtime/wake_batch.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

// libwebrtc gives 10 ms at a time. Two are taken in one go, as most packets bring as much: threads
// wake half as often.
constexpr int kBlocksPerTick = 2;
constexpr double kIntervalUs = kBlocksPerTick * 10'000;
constexpr int kSampleRate = 48'000;
constexpr size_t kFrames = kSampleRate / 100;
// Of the mix, which nobody hears: sinks get the channels of their track.
constexpr size_t kChannels = 1;

}  // namespace

class AudioDevice::Playout final : public MediaClock::Client,
                                   public std::enable_shared_from_this<Playout> {
 public:
  Playout(std::shared_ptr<EchoReference> echo_reference, std::shared_ptr<MediaClock> clock)
      : echo_reference_(std::move(echo_reference)), clock_(std::move(clock)) {}

  // Waits for a pull that is under way.
  void SetTransport(webrtc::AudioTransport* transport) {
    webrtc::MutexLock lock(&transport_mutex_);
    transport_ = transport;
  }
  void SetPlaying(bool playing) {
    webrtc::MutexLock lock(&mutex_);
    playing_ = playing;
    Update();
  }
  void SetWanted(bool wanted) {
    webrtc::MutexLock lock(&mutex_);
    wanted_ = wanted;
    Update();
  }
  bool playing() const {
    webrtc::MutexLock lock(&mutex_);
    return playing_;
  }
  uint64_t pulled_samples() const { return pulled_samples_; }

 private:
  void Update() RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (playing_ && wanted_ && !std::exchange(ticking_, true)) {
      clock_->Start(weak_from_this(), kIntervalUs);
    }
  }

  bool OnTick(int64_t) override {
    {
      webrtc::MutexLock lock(&mutex_);
      ticking_ = playing_ && wanted_;
      if (!ticking_) return false;
    }
    const WakeBatch batch;
    // What libwebrtc posts is who spoke when.
    const NetworkThread::PatientScope patient;
    webrtc::MutexLock lock(&transport_mutex_);
    for (int i = 0; i < kBlocksPerTick && transport_; ++i) Pull();
    return true;
  }

  void Pull() RTC_EXCLUSIVE_LOCKS_REQUIRED(transport_mutex_) {
    size_t frames = 0;
    int64_t elapsed_time_ms = 0, ntp_time_ms = 0;
    transport_->NeedMorePlayData(kFrames, kChannels * sizeof(int16_t), kChannels, kSampleRate,
                                 samples_.data(), frames, &elapsed_time_ms, &ntp_time_ms);
    pulled_samples_ += kFrames;
    echo_reference_->Play(samples_.data(), kSampleRate, kFrames);
  }

  const std::shared_ptr<EchoReference> echo_reference_;
  const std::shared_ptr<MediaClock> clock_;
  std::atomic<uint64_t> pulled_samples_ = 0;

  mutable webrtc::Mutex mutex_;
  bool playing_ RTC_GUARDED_BY(mutex_) = false;
  bool wanted_ RTC_GUARDED_BY(mutex_) = false;
  // Whether the clock calls.
  bool ticking_ RTC_GUARDED_BY(mutex_) = false;

  webrtc::Mutex transport_mutex_;
  webrtc::AudioTransport* transport_ RTC_GUARDED_BY(transport_mutex_) = nullptr;
  std::array<int16_t, kFrames * kChannels> samples_ RTC_GUARDED_BY(transport_mutex_);
};

AudioDevice::AudioDevice(PlayoutDemand& demand, std::shared_ptr<EchoReference> echo_reference,
                         std::shared_ptr<MediaClock> clock)
    : demand_(demand),
      playout_(std::make_shared<Playout>(std::move(echo_reference), std::move(clock))) {
  demand_.SetListener([playout = playout_](bool wanted) { playout->SetWanted(wanted); });
}

AudioDevice::~AudioDevice() {
  demand_.SetListener(nullptr);
  playout_->SetTransport(nullptr);
}

int32_t AudioDevice::RegisterAudioCallback(webrtc::AudioTransport* transport) {
  playout_->SetTransport(transport);
  return 0;
}

int32_t AudioDevice::StartPlayout() {
  playout_->SetPlaying(true);
  return 0;
}

int32_t AudioDevice::StopPlayout() {
  playout_->SetPlaying(false);
  return 0;
}

bool AudioDevice::Playing() const { return playout_->playing(); }

std::optional<webrtc::AudioDeviceModule::Stats> AudioDevice::GetStats() const {
  // Nothing is made up by a device that pulls when it needs samples, and none wait in it.
  const uint64_t samples = playout_->pulled_samples();
  return Stats{.total_samples_duration_s = static_cast<double>(samples) / kSampleRate,
               .total_samples_count = samples};
}

}  // namespace node_libwebrtc
