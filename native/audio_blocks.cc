#include "native/audio_blocks.h"

#include <algorithm>
#include <cmath>

#include "common_audio/include/audio_util.h"
#include "common_audio/resampler/sinc_resampler.h"

namespace node_libwebrtc {

namespace {

constexpr int kFallbackRate = 48'000;
constexpr size_t kMaxChannels = 8;
// What libwebrtc's resampler asks for at a time; more than its kernel is long.
constexpr size_t kRequestFrames = 64;

bool IsBlockRate(int rate) { return rate >= 8'000 && rate <= 96'000 && rate % 100 == 0; }

}  // namespace

// Of all channels.
class AudioBlocks::Resampler final {
 public:
  Resampler(int from, int to, size_t channels)
      : frames_(static_cast<size_t>(to / 100)),
        needed_(static_cast<size_t>(std::ceil(static_cast<double>(from) / 100)) +
                2 * kRequestFrames),
        output_(frames_) {
    for (size_t i = 0; i < channels; ++i) {
      channels_.push_back(std::make_unique<Channel>(static_cast<double>(from) / to));
    }
  }

  // Appends whole blocks to `result`.
  void Resample(const std::vector<int16_t>& samples, std::vector<int16_t>& result) {
    const size_t count = channels_.size();
    for (size_t i = 0; i < samples.size(); ++i) {
      channels_[i % count]->waiting.push_back(webrtc::S16ToFloat(samples[i]));
    }
    while (channels_.front()->left() >= needed_) {
      const size_t place = result.size();
      result.resize(place + frames_ * count);
      for (size_t i = 0; i < count; ++i) {
        channels_[i]->resampler.Resample(frames_, output_.data());
        for (size_t frame = 0; frame < frames_; ++frame) {
          result[place + frame * count + i] = webrtc::FloatToS16(output_[frame]);
        }
      }
    }
    for (const auto& channel : channels_) channel->Compact();
  }

 private:
  struct Channel final : public webrtc::SincResamplerCallback {
    explicit Channel(double ratio) : resampler(ratio, kRequestFrames, this) {}

    size_t left() const { return waiting.size() - taken; }
    void Compact() {
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(taken));
      taken = 0;
    }
    void Run(size_t frames, float* destination) override {
      const size_t count = std::min(frames, left());
      std::copy_n(waiting.begin() + static_cast<ptrdiff_t>(taken), count, destination);
      std::fill(destination + count, destination + frames, 0.0f);
      taken += count;
    }

    std::vector<float> waiting;
    size_t taken = 0;
    webrtc::SincResampler resampler;
  };

  const size_t frames_;
  // Enough for a block, whatever the resampler has in store.
  const size_t needed_;
  std::vector<float> output_;
  std::vector<std::unique_ptr<Channel>> channels_;
};

AudioBlocks::AudioBlocks() = default;
AudioBlocks::~AudioBlocks() = default;

void AudioBlocks::Append(const AudioBuffer& buffer, size_t frame_offset, size_t frame_count) {
  if (buffer.sample_rate != source_rate_ || buffer.channels != source_channels_) {
    source_rate_ = buffer.sample_rate;
    source_channels_ = buffer.channels;
    sample_rate_ = IsBlockRate(source_rate_) ? source_rate_ : kFallbackRate;
    channels_ = std::min(source_channels_, kMaxChannels);
    samples_.clear();
    resampler_ = sample_rate_ == source_rate_
                     ? nullptr
                     : std::make_unique<Resampler>(source_rate_, sample_rate_, channels_);
  }
  if (!resampler_ && channels_ == source_channels_) {
    AppendSamples(buffer, frame_offset, frame_count, samples_);
    return;
  }
  scratch_.clear();
  AppendSamples(buffer, frame_offset, frame_count, scratch_);
  if (channels_ < source_channels_) {
    for (size_t frame = 0; frame < frame_count; ++frame) {
      std::copy_n(scratch_.begin() + static_cast<ptrdiff_t>(frame * source_channels_), channels_,
                  scratch_.begin() + static_cast<ptrdiff_t>(frame * channels_));
    }
    scratch_.resize(frame_count * channels_);
  }
  if (resampler_) {
    resampler_->Resample(scratch_, samples_);
  } else {
    samples_.insert(samples_.end(), scratch_.begin(), scratch_.end());
  }
}

}  // namespace node_libwebrtc
