#include "native/runtime/audio_mixer.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "api/audio/audio_frame.h"
#include "api/make_ref_counted.h"
#include "modules/audio_mixer/audio_mixer_impl.h"
#include "native/echo_reference.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

constexpr int kSilenceRate = 48'000;

class Mixer : public webrtc::AudioMixer {
 public:
  explicit Mixer(std::shared_ptr<EchoReference> echo_reference)
      : echo_reference_(std::move(echo_reference)), mixer_(webrtc::AudioMixerImpl::Create()) {}

  // webrtc::AudioMixer
  bool AddSource(Source* source) override {
    {
      webrtc::MutexLock lock(&mutex_);
      sources_.push_back(source);
    }
    return mixer_->AddSource(source);
  }
  void RemoveSource(Source* source) override {
    {
      // Waits for a call of the source that is under way.
      webrtc::MutexLock lock(&mutex_);
      std::erase(sources_, source);
    }
    mixer_->RemoveSource(source);
  }
  void Mix(size_t number_of_channels, webrtc::AudioFrame* mixed) override {
    if (echo_reference_->has_listeners()) {
      mixer_->Mix(number_of_channels, mixed);
      return;
    }
    {
      webrtc::MutexLock lock(&mutex_);
      for (Source* source : sources_) {
        frame_.ResetWithoutMuting();
        source->GetAudioFrameWithInfo(source->PreferredSampleRate(), &frame_);
      }
    }
    mixed->Reset();
    mixed->UpdateFrame(0, nullptr, kSilenceRate / 100, kSilenceRate,
                       webrtc::AudioFrame::kNormalSpeech, webrtc::AudioFrame::kVadUnknown,
                       number_of_channels);
  }

 private:
  const std::shared_ptr<EchoReference> echo_reference_;
  const webrtc::scoped_refptr<webrtc::AudioMixerImpl> mixer_;
  webrtc::Mutex mutex_;
  std::vector<Source*> sources_ RTC_GUARDED_BY(mutex_);
  // Of one source after the other.
  webrtc::AudioFrame frame_ RTC_GUARDED_BY(mutex_);
};

}  // namespace

webrtc::scoped_refptr<webrtc::AudioMixer> CreateAudioMixer(
    std::shared_ptr<EchoReference> echo_reference) {
  return webrtc::make_ref_counted<Mixer>(std::move(echo_reference));
}

}  // namespace node_libwebrtc
