#ifndef NATIVE_AUDIO_BUFFER_H_
#define NATIVE_AUDIO_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace node_libwebrtc {

enum class SampleType { kU8, kS16, kS32, kF32 };

// `NativeAudioDataInit.format` of lib/native_media.ts.
struct AudioFormat {
  SampleType type;
  bool planar;
};

std::optional<AudioFormat> ParseAudioFormat(const std::string& name);
const char* ToString(AudioFormat format);
size_t SampleBytes(SampleType type);

// Samples that nobody changes any more: the planes one behind the other, or all channels
// interleaved.
struct AudioBuffer {
  AudioFormat format;
  int sample_rate;
  size_t frames;
  size_t channels;
  std::vector<uint8_t> bytes;
};

using AudioBufferRef = std::shared_ptr<const AudioBuffer>;

// Converts frames of one plane; of an interleaved format there is only one. False if there are not
// so many frames or planes, or `destination` is too small.
bool CopyAudioPlane(const AudioBuffer& buffer, AudioFormat format, size_t plane,
                    size_t frame_offset, size_t frame_count, std::span<uint8_t> destination);

// Some frames of a buffer, interleaved, as libwebrtc wants them. There must be as many.
void AppendSamples(const AudioBuffer& buffer, size_t frame_offset, size_t frame_count,
                   std::vector<int16_t>& samples);

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_BUFFER_H_
