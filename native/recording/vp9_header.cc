#include "native/recording/vp9_header.h"

namespace node_libwebrtc {

namespace {

using webrtc::BitstreamReader;

constexpr uint64_t kSyncCode = 0x498342;
constexpr uint64_t kRgb = 7;

// A value that is there only if a bit says so.
void SkipOptional(BitstreamReader& reader, int bits) {
  if (reader.ReadBit()) reader.ConsumeBits(bits);
}

bool ReadSyncCode(BitstreamReader& reader) { return reader.ReadBits(24) == kSyncCode; }

void SkipColorConfig(BitstreamReader& reader, int profile) {
  if (profile >= 2) reader.ConsumeBits(1);  // ten_or_twelve_bit
  const bool subsampling_is_said = profile == 1 || profile == 3;
  if (reader.ReadBits(3) != kRgb) {
    reader.ConsumeBits(subsampling_is_said ? 4 : 1);  // color_range, and subsampling
  } else if (subsampling_is_said) {
    reader.ConsumeBits(1);
  }
}

void SkipRenderSize(BitstreamReader& reader) { SkipOptional(reader, 32); }

void SkipLoopFilter(BitstreamReader& reader) {
  reader.ConsumeBits(6 + 3);
  if (!reader.ReadBit() || !reader.ReadBit()) return;
  for (int i = 0; i < 4 + 2; ++i) SkipOptional(reader, 7);
}

void SkipQuantization(BitstreamReader& reader) {
  reader.ConsumeBits(8);
  for (int i = 0; i < 3; ++i) SkipOptional(reader, 5);
}

void SkipSegmentation(BitstreamReader& reader) {
  if (!reader.ReadBit()) return;
  if (reader.ReadBit()) {  // segmentation_update_map
    for (int i = 0; i < 7; ++i) SkipOptional(reader, 8);
    if (reader.ReadBit()) {  // segmentation_temporal_update
      for (int i = 0; i < 3; ++i) SkipOptional(reader, 8);
    }
  }
  if (!reader.ReadBit()) return;  // segmentation_update_data
  reader.ConsumeBits(1);
  for (int segment = 0; segment < 8; ++segment) {
    // With the sign, where there is one.
    for (int bits : {9, 7, 2, 0}) SkipOptional(reader, bits);
  }
}

void SkipTiles(BitstreamReader& reader, int width) {
  constexpr int kMaxTileWidth = 64;
  constexpr int kMinTileWidth = 4;
  const int blocks = (width + 63) / 64;
  int min_log2 = 0;
  while ((kMaxTileWidth << min_log2) < blocks) ++min_log2;
  int max_log2 = 1;
  while ((blocks >> max_log2) >= kMinTileWidth) ++max_log2;
  for (int log2 = min_log2; log2 < max_log2 - 1 && reader.ReadBit();) ++log2;
  SkipOptional(reader, 1);  // tile_rows_log2
}

}  // namespace

Vp9HeaderReader::Size Vp9HeaderReader::ReadSizeFromReferences(BitstreamReader& reader,
                                                              const std::array<size_t, 3>& places) {
  for (size_t place : places) {
    if (reader.ReadBit()) return references_[place];
  }
  const int width = static_cast<int>(reader.ReadBits(16)) + 1;
  const int height = static_cast<int>(reader.ReadBits(16)) + 1;
  return {.width = width, .height = height};
}

std::optional<Vp9Header> Vp9HeaderReader::Read(std::span<const uint8_t> frame) {
  BitstreamReader reader(frame);
  const int all_bits = reader.RemainingBitCount();
  const auto place = [&] { return static_cast<size_t>(all_bits - reader.RemainingBitCount()); };
  Vp9Header header;
  if (reader.ReadBits(2) != 2) return std::nullopt;
  const int profile_low = reader.ReadBit();
  const int profile = profile_low + 2 * reader.ReadBit();
  if (profile == 3) reader.ConsumeBits(1);
  header.show_existing_frame = reader.ReadBit();
  if (header.show_existing_frame) {
    reader.ConsumeBits(3);
    header.size_bits = place();
    return reader.Ok() ? std::optional(header) : std::nullopt;
  }
  header.key = !reader.ReadBit();
  header.show_frame_place = place();
  header.show = reader.ReadBit();
  const bool error_resilient = reader.ReadBit();
  header.intra_only_place = place();

  Size size;
  uint64_t refreshed = 0xff;
  const auto read_size = [&] {
    size.width = static_cast<int>(reader.ReadBits(16)) + 1;
    size.height = static_cast<int>(reader.ReadBits(16)) + 1;
  };
  if (header.key) {
    if (!ReadSyncCode(reader)) return std::nullopt;
    SkipColorConfig(reader, profile);
    read_size();
    SkipRenderSize(reader);
  } else {
    const bool intra_only = !header.show && reader.ReadBit();
    if (!error_resilient) reader.ConsumeBits(2);  // reset_frame_context
    if (intra_only) {
      if (!ReadSyncCode(reader)) return std::nullopt;
      if (profile > 0) SkipColorConfig(reader, profile);
      refreshed = reader.ReadBits(8);
      read_size();
      SkipRenderSize(reader);
    } else {
      refreshed = reader.ReadBits(8);
      std::array<size_t, 3> places;
      for (size_t& reference : places) {
        reference = static_cast<size_t>(reader.ReadBits(3));
        reader.ConsumeBits(1);  // ref_frame_sign_bias
      }
      size = ReadSizeFromReferences(reader, places);
      SkipRenderSize(reader);
      reader.ConsumeBits(1);                         // allow_high_precision_mv
      if (!reader.ReadBit()) reader.ConsumeBits(2);  // the interpolation filter
    }
  }
  if (!error_resilient) reader.ConsumeBits(2);  // refresh_frame_context, parallel decoding
  reader.ConsumeBits(2);                        // frame_context_idx
  SkipLoopFilter(reader);
  SkipQuantization(reader);
  SkipSegmentation(reader);
  SkipTiles(reader, size.width);
  reader.ConsumeBits(16);  // header_size_in_bytes
  if (!reader.Ok() || size.width == 0) return std::nullopt;
  header.width = size.width;
  header.height = size.height;
  header.size_bits = place();
  for (size_t i = 0; i < references_.size(); ++i) {
    if (refreshed >> i & 1) references_[i] = size;
  }
  return header;
}

}  // namespace node_libwebrtc
