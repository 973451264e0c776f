#include "native/recording/obu.h"

#include "rtc_base/bitstream_reader.h"

namespace node_libwebrtc {

namespace {

constexpr int kSequenceHeader = 1;
constexpr int kTemporalDelimiter = 2;

// A unit of the bitstream (section 5.3 of the AV1 specification).
struct Obu {
  int type;
  std::span<const uint8_t> payload;
  // With its header.
  size_t size;
};

std::optional<Obu> ReadObu(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return std::nullopt;
  const uint8_t header = bytes[0];
  const bool has_extension = header & 0x04;
  const bool has_size = header & 0x02;
  size_t place = has_extension ? 2 : 1;
  size_t size = 0;
  if (has_size) {
    for (int shift = 0;; shift += 7) {
      if (place >= bytes.size() || shift > 28) return std::nullopt;
      const uint8_t byte = bytes[place++];
      size |= static_cast<size_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) break;
    }
  } else if (place <= bytes.size()) {
    size = bytes.size() - place;
  }
  if (place > bytes.size() || size > bytes.size() - place) return std::nullopt;
  return Obu{
      .type = header >> 3 & 0x0f, .payload = bytes.subspan(place, size), .size = place + size};
}

void SkipUvlc(webrtc::BitstreamReader& reader) {
  int zeros = 0;
  while (reader.Ok() && !reader.ReadBit()) ++zeros;
  if (zeros < 32) reader.ConsumeBits(zeros);
}

// Up to max_frame_height_minus_1 (section 5.5.1).
std::optional<Av1Size> ReadSequenceHeader(std::span<const uint8_t> payload) {
  webrtc::BitstreamReader reader(payload);
  reader.ConsumeBits(3 + 1);  // seq_profile, still_picture
  const bool reduced = reader.ReadBit();
  if (reduced) {
    reader.ConsumeBits(5);  // seq_level_idx
  } else {
    bool has_decoder_model = false;
    int delay_bits = 0;
    if (reader.ReadBit()) {         // timing_info_present_flag
      reader.ConsumeBits(32 + 32);  // num_units_in_display_tick, time_scale
      if (reader.ReadBit()) SkipUvlc(reader);
      has_decoder_model = reader.ReadBit();
      if (has_decoder_model) {
        delay_bits = static_cast<int>(reader.ReadBits(5)) + 1;
        reader.ConsumeBits(32 + 5 + 5);
      }
    }
    const bool has_display_delay = reader.ReadBit();
    const auto operating_points = reader.ReadBits(5) + 1;
    for (uint64_t i = 0; i < operating_points && reader.Ok(); ++i) {
      reader.ConsumeBits(12);                             // operating_point_idc
      if (reader.ReadBits(5) > 7) reader.ConsumeBits(1);  // seq_level_idx, seq_tier
      if (has_decoder_model && reader.ReadBit()) reader.ConsumeBits(2 * delay_bits + 1);
      if (has_display_delay && reader.ReadBit()) reader.ConsumeBits(4);
    }
  }
  const int width_bits = static_cast<int>(reader.ReadBits(4)) + 1;
  const int height_bits = static_cast<int>(reader.ReadBits(4)) + 1;
  const int width = static_cast<int>(reader.ReadBits(width_bits)) + 1;
  const int height = static_cast<int>(reader.ReadBits(height_bits)) + 1;
  if (!reader.Ok()) return std::nullopt;
  return Av1Size{.width = width, .height = height};
}

}  // namespace

std::optional<Av1Size> Av1SequenceSize(std::span<const uint8_t> temporal_unit) {
  while (const std::optional<Obu> obu = ReadObu(temporal_unit)) {
    if (obu->type == kSequenceHeader) return ReadSequenceHeader(obu->payload);
    temporal_unit = temporal_unit.subspan(obu->size);
  }
  return std::nullopt;
}

size_t Av1DelimiterSize(std::span<const uint8_t> temporal_unit) {
  size_t size = 0;
  while (const std::optional<Obu> obu = ReadObu(temporal_unit.subspan(size))) {
    if (obu->type != kTemporalDelimiter) break;
    size += obu->size;
  }
  return size;
}

}  // namespace node_libwebrtc
