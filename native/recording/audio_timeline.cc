#include "native/recording/audio_timeline.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace node_libwebrtc {

namespace {

// Samples that come this much later than they should follow a pause of their source.
constexpr int64_t kPauseUs = 200'000;
constexpr int64_t kWindowUs = 10'000'000;
// Less than this is no drift; more than that is made up for, little by little.
constexpr int64_t kToleranceUs = 10'000;
constexpr int64_t kMaxStepUs = 10;

}  // namespace

int64_t AudioTimeline::position_us() const {
  return sample_rate_ == 0 ? 0 : start_us_ + frames_ * 1'000'000 / sample_rate_;
}

void AudioTimeline::Anchor(int sample_rate, int64_t start_us) {
  start_us_ = start_us;
  sample_rate_ = sample_rate;
  frames_ = 0;
  least_late_us_.reset();
  reference_us_.reset();
  drift_us_ = 0;
}

int64_t AudioTimeline::Next(int sample_rate, size_t frames, int64_t now_us) {
  // When its first sample was taken.
  const int64_t began_us = now_us - static_cast<int64_t>(frames) * 1'000'000 / sample_rate;
  if (sample_rate_ == 0 || began_us - position_us() > kPauseUs) {
    Anchor(sample_rate, began_us);
  } else if (sample_rate != sample_rate_) {
    Anchor(sample_rate, position_us());
  }
  if (!reference_us_ && !least_late_us_) window_began_us_ = now_us;
  Follow(began_us - position_us(), now_us);
  const int64_t position = position_us();
  frames_ += static_cast<int64_t>(frames);
  return position;
}

void AudioTimeline::Follow(int64_t late_us, int64_t now_us) {
  least_late_us_ = std::min(late_us, least_late_us_.value_or(late_us));
  if (now_us - window_began_us_ >= kWindowUs) {
    window_began_us_ = now_us;
    const int64_t least_us = *std::exchange(least_late_us_, std::nullopt);
    if (!reference_us_) reference_us_ = least_us;
    const int64_t drift_us = least_us - *reference_us_;
    drift_us_ = std::abs(drift_us) > kToleranceUs ? drift_us : 0;
  }
  const int64_t step_us = std::clamp(drift_us_, -kMaxStepUs, kMaxStepUs);
  start_us_ += step_us;
  drift_us_ -= step_us;
}

}  // namespace node_libwebrtc
