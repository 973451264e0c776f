#include "native/audio_adapter.h"

#include <algorithm>
#include <utility>

#include "api/audio/audio_frame.h"
#include "api/audio/audio_view.h"
#include "api/audio/builtin_audio_processing_builder.h"
#include "api/audio/channel_layout.h"
#include "api/environment/environment_factory.h"
#include "common_audio/include/audio_util.h"

namespace node_libwebrtc {

namespace {

webrtc::scoped_refptr<webrtc::AudioProcessing> CreateProcessing(const AudioTrackFormat& format) {
  webrtc::AudioProcessing::Config config;
  config.pipeline.multi_channel_capture = true;
  config.high_pass_filter.enabled = true;
  config.echo_canceller.enabled = format.echo_cancellation;
  config.noise_suppression.enabled = format.noise_suppression;
  config.gain_controller2.enabled = format.auto_gain_control;
  config.gain_controller2.adaptive_digital.enabled = format.auto_gain_control;
  return webrtc::BuiltinAudioProcessingBuilder(config).Build(webrtc::CreateEnvironment());
}

// Pointers to planes that lie one behind the other.
std::vector<float*> Planes(std::vector<float>& samples, size_t channels, size_t frames) {
  std::vector<float*> planes(channels);
  for (size_t i = 0; i < channels; ++i) planes[i] = samples.data() + i * frames;
  return planes;
}

}  // namespace

AudioAdapter::AudioAdapter(const AudioTrackFormat& format,
                           std::shared_ptr<EchoReference> echo_reference)
    : format_(format), echo_reference_(std::move(echo_reference)) {
  if (!format_.processes()) return;
  processing_ = CreateProcessing(format_);
  if (format_.echo_cancellation) echo_reference_->Add(this);
}

AudioAdapter::~AudioAdapter() {
  if (format_.echo_cancellation) echo_reference_->Remove(this);
}

AudioBlock AudioAdapter::Adapt(AudioBlock block) {
  // Fewer channels first, more of them last: what lies between has less to do.
  const size_t channels = format_.channel_count.value_or(block.channels);
  if (channels < block.channels) block = Mix(block, channels);
  if (format_.sample_rate) block = Resample(block, *format_.sample_rate);
  if (processing_) block = Process(block);
  if (channels > block.channels) block = Mix(block, channels);
  return block;
}

AudioBlock AudioAdapter::Mix(AudioBlock block, size_t channels) {
  if (block.frames * std::max(block.channels, channels) > webrtc::AudioFrame::kMaxDataSizeSamples) {
    return block;
  }
  if (!mixer_ || mixed_from_ != block.channels) {
    const auto layout = [](size_t count) {
      return webrtc::GuessChannelLayout(static_cast<int>(count));
    };
    mixed_from_ = block.channels;
    mixer_ = std::make_unique<webrtc::ChannelMixer>(layout(block.channels), block.channels,
                                                    layout(channels), channels);
  }
  webrtc::AudioFrame frame;
  frame.UpdateFrame(0, block.samples, block.frames, block.sample_rate,
                    webrtc::AudioFrame::kNormalSpeech, webrtc::AudioFrame::kVadUnknown,
                    block.channels);
  mixer_->Transform(&frame);
  mixed_.assign(frame.data(), frame.data() + block.frames * channels);
  return {mixed_.data(), block.sample_rate, channels, block.frames};
}

AudioBlock AudioAdapter::Resample(AudioBlock block, int sample_rate) {
  if (block.sample_rate == sample_rate) return block;
  const size_t frames = static_cast<size_t>(sample_rate / 100);
  resampled_.resize(frames * block.channels);
  resampler_.Resample(
      webrtc::InterleavedView<const int16_t>(block.samples, block.frames, block.channels),
      webrtc::InterleavedView<int16_t>(resampled_.data(), frames, block.channels));
  return {resampled_.data(), sample_rate, block.channels, frames};
}

AudioBlock AudioAdapter::Process(AudioBlock block) {
  const size_t count = block.frames * block.channels;
  planes_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t plane = i % block.channels;
    planes_[plane * block.frames + i / block.channels] = webrtc::S16ToFloat(block.samples[i]);
  }
  const std::vector<float*> planes = Planes(planes_, block.channels, block.frames);
  const webrtc::StreamConfig config(block.sample_rate, block.channels);
  // The echo comes when it comes: the canceller finds the delay out.
  processing_->set_stream_delay_ms(0);
  if (processing_->ProcessStream(planes.data(), config, config, planes.data()) !=
      webrtc::AudioProcessing::kNoError) {
    return block;
  }
  processed_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t plane = i % block.channels;
    processed_[i] = webrtc::FloatToS16(planes_[plane * block.frames + i / block.channels]);
  }
  return {processed_.data(), block.sample_rate, block.channels, block.frames};
}

void AudioAdapter::OnPlayed(const int16_t* samples, int sample_rate, size_t frames) {
  played_.resize(frames);
  webrtc::S16ToFloat(samples, frames, played_.data());
  const std::vector<float*> planes = Planes(played_, 1, frames);
  const webrtc::StreamConfig config(sample_rate, 1);
  processing_->ProcessReverseStream(planes.data(), config, config, planes.data());
}

}  // namespace node_libwebrtc
