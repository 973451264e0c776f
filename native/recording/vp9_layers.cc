#include "native/recording/vp9_layers.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "api/video/video_codec_constants.h"

namespace node_libwebrtc {

namespace {

constexpr size_t kMaxFramesOfSuperframe = 8;

bool Bit(std::span<const uint8_t> bytes, size_t place) {
  return (bytes[place / 8] >> (7 - place % 8)) & 1;
}

void SetBit(std::vector<uint8_t>& bytes, size_t place, bool value) {
  const auto mask = static_cast<uint8_t>(1 << (7 - place % 8));
  bytes[place / 8] =
      static_cast<uint8_t>(value ? bytes[place / 8] | mask : bytes[place / 8] & ~mask);
}

// Appends the frame as one that is decoded as before but not shown.
void AppendHidden(std::span<const uint8_t> frame, const Vp9Header& header,
                  std::vector<uint8_t>& result) {
  if (header.show_existing_frame || !header.show) {
    result.insert(result.end(), frame.begin(), frame.end());
    return;
  }
  // What is not shown says whether it is an intra-only frame, unless it is a key frame: one bit
  // more.
  const size_t inserted = header.key ? 0 : 1;
  std::vector<uint8_t> changed((header.size_bits + inserted + 7) / 8, 0);
  for (size_t i = 0; i < header.size_bits; ++i) {
    SetBit(changed, i < header.intra_only_place ? i : i + inserted, Bit(frame, i));
  }
  SetBit(changed, header.show_frame_place, false);
  result.insert(result.end(), changed.begin(), changed.end());
  const auto rest = frame.subspan(header.size_bytes());
  result.insert(result.end(), rest.begin(), rest.end());
}

// Annex B of the specification.
void AppendIndex(const std::vector<size_t>& sizes, std::vector<uint8_t>& result) {
  const size_t largest = *std::max_element(sizes.begin(), sizes.end());
  size_t bytes = 1;
  while (bytes < 4 && largest >> (8 * bytes) != 0) ++bytes;
  const auto marker = static_cast<uint8_t>(0xc0 | (bytes - 1) << 3 | (sizes.size() - 1));
  result.push_back(marker);
  for (size_t size : sizes) {
    for (size_t i = 0; i < bytes; ++i) result.push_back(static_cast<uint8_t>(size >> (8 * i)));
  }
  result.push_back(marker);
}

std::vector<std::span<const uint8_t>> LayersOf(const webrtc::EncodedImage& image,
                                               std::span<const uint8_t> bytes) {
  std::vector<std::span<const uint8_t>> layers;
  for (int i = 0; i < static_cast<int>(webrtc::kMaxSpatialLayers); ++i) {
    const size_t size = image.SpatialLayerFrameSize(i).value_or(0);
    if (size == 0 || size > bytes.size()) continue;
    layers.push_back(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  if (!bytes.empty()) layers.push_back(bytes);
  return layers;
}

}  // namespace

void Vp9Layers::Join(const webrtc::EncodedImage& image, EncodedChunk& chunk) {
  if (std::strcmp(chunk.codec, "VP9") != 0) return;
  const std::vector<std::span<const uint8_t>> layers = LayersOf(image, chunk.bytes());
  std::vector<uint8_t> result;
  std::vector<size_t> sizes;
  const bool joins = layers.size() > 1 && layers.size() <= kMaxFramesOfSuperframe;
  for (const std::span<const uint8_t> layer : layers) {
    const std::optional<Vp9Header> header = reader_.Read(layer);
    // Nobody could decode it.
    if (!header) return;
    if (header->width > 0) {
      chunk.width = header->width;
      chunk.height = header->height;
    }
    if (!joins) continue;
    const size_t begin = result.size();
    if (sizes.size() + 1 < layers.size()) {
      AppendHidden(layer, *header, result);
    } else {
      result.insert(result.end(), layer.begin(), layer.end());
    }
    sizes.push_back(result.size() - begin);
  }
  if (!joins) return;
  AppendIndex(sizes, result);
  chunk.buffer = webrtc::EncodedImageBuffer::Create(result.data(), result.size());
  chunk.offset = 0;
  chunk.size = result.size();
}

}  // namespace node_libwebrtc
