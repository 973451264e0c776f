#include "native/audio_buffer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace node_libwebrtc {

namespace {

// In the order of `SampleType`; the planar ones follow.
constexpr std::array<const char*, 8> kNames = {
    "u8", "s16", "s32", "f32", "u8-planar", "s16-planar", "s32-planar", "f32-planar"};
constexpr size_t kTypes = 4;

// From -1 to 1. Doubles hold every sample exactly.
template <typename Sample>
double ToDouble(Sample sample) {
  if constexpr (std::is_same_v<Sample, uint8_t>) {
    return (static_cast<double>(sample) - 128) / 128;
  } else if constexpr (std::is_integral_v<Sample>) {
    return static_cast<double>(sample) / -static_cast<double>(std::numeric_limits<Sample>::min());
  } else {
    return sample;
  }
}

template <typename Sample>
Sample FromDouble(double value) {
  if constexpr (std::is_integral_v<Sample>) {
    constexpr double kMin = std::numeric_limits<Sample>::min();
    constexpr double kMax = std::numeric_limits<Sample>::max();
    constexpr bool kUnsigned = std::is_unsigned_v<Sample>;
    const double scaled = kUnsigned ? value * 128 + 128 : value * -kMin;
    // What is no number is silence.
    if (std::isnan(scaled)) return kUnsigned ? 128 : 0;
    return static_cast<Sample>(std::clamp(std::round(scaled), kMin, kMax));
  } else {
    return static_cast<Sample>(value);
  }
}

// Every `source_step`th sample to every `destination_step`th place.
template <typename From, typename To>
void Convert(const uint8_t* source, size_t source_step, uint8_t* destination,
             size_t destination_step, size_t count) {
  // Bytes need not be aligned.
  for (size_t i = 0; i < count; ++i) {
    From sample;
    std::memcpy(&sample, source + i * source_step * sizeof(From), sizeof(From));
    To converted;
    if constexpr (std::is_same_v<From, To>) {
      converted = sample;
    } else {
      converted = FromDouble<To>(ToDouble(sample));
    }
    std::memcpy(destination + i * destination_step * sizeof(To), &converted, sizeof(To));
  }
}

template <typename From>
auto ConverterFrom(SampleType to) {
  switch (to) {
    case SampleType::kU8:
      return &Convert<From, uint8_t>;
    case SampleType::kS16:
      return &Convert<From, int16_t>;
    case SampleType::kS32:
      return &Convert<From, int32_t>;
    case SampleType::kF32:
      break;
  }
  return &Convert<From, float>;
}

auto Converter(SampleType from, SampleType to) {
  switch (from) {
    case SampleType::kU8:
      return ConverterFrom<uint8_t>(to);
    case SampleType::kS16:
      return ConverterFrom<int16_t>(to);
    case SampleType::kS32:
      return ConverterFrom<int32_t>(to);
    case SampleType::kF32:
      break;
  }
  return ConverterFrom<float>(to);
}

// `step` is the distance between two samples of a channel of `destination`.
void ConvertChannel(const AudioBuffer& buffer, size_t channel, size_t offset, size_t count,
                    SampleType type, uint8_t* destination, size_t step) {
  const size_t first =
      buffer.format.planar ? channel * buffer.frames + offset : offset * buffer.channels + channel;
  Converter(buffer.format.type, type)(buffer.bytes.data() + first * SampleBytes(buffer.format.type),
                                      buffer.format.planar ? 1 : buffer.channels, destination, step,
                                      count);
}

}  // namespace

std::optional<AudioFormat> ParseAudioFormat(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  const auto index = static_cast<size_t>(found - kNames.begin());
  return AudioFormat{.type = static_cast<SampleType>(index % kTypes), .planar = index >= kTypes};
}

const char* ToString(AudioFormat format) {
  return kNames[static_cast<size_t>(format.type) + (format.planar ? kTypes : 0)];
}

size_t SampleBytes(SampleType type) {
  switch (type) {
    case SampleType::kU8:
      return 1;
    case SampleType::kS16:
      return 2;
    default:
      return 4;
  }
}

bool CopyAudioPlane(const AudioBuffer& buffer, AudioFormat format, size_t plane,
                    size_t frame_offset, size_t frame_count, std::span<uint8_t> destination) {
  const size_t channels = format.planar ? 1 : buffer.channels;
  const size_t bytes = SampleBytes(format.type);
  if (plane >= (format.planar ? buffer.channels : 1) || frame_offset > buffer.frames ||
      frame_count > buffer.frames - frame_offset ||
      destination.size() < frame_count * channels * bytes) {
    return false;
  }
  if (format.planar) {
    ConvertChannel(buffer, plane, frame_offset, frame_count, format.type, destination.data(), 1);
    return true;
  }
  if (!buffer.format.planar && buffer.format.type == format.type) {
    const size_t frame_bytes = channels * bytes;
    std::copy_n(buffer.bytes.data() + frame_offset * frame_bytes, frame_count * frame_bytes,
                destination.data());
    return true;
  }
  for (size_t channel = 0; channel < channels; ++channel) {
    ConvertChannel(buffer, channel, frame_offset, frame_count, format.type,
                   destination.data() + channel * bytes, channels);
  }
  return true;
}

void AppendSamples(const AudioBuffer& buffer, size_t frame_offset, size_t frame_count,
                   std::vector<int16_t>& samples) {
  const size_t before = samples.size();
  const size_t count = frame_count * buffer.channels;
  samples.resize(before + count);
  CopyAudioPlane(buffer, {.type = SampleType::kS16, .planar = false}, 0, frame_offset, frame_count,
                 {reinterpret_cast<uint8_t*>(samples.data() + before), count * sizeof(int16_t)});
}

}  // namespace node_libwebrtc
