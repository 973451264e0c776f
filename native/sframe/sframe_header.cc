#include "native/sframe/sframe_header.h"

#include <bit>

namespace node_libwebrtc {

namespace {

// Of one of the two values: three bits of the first byte say it, or how many bytes say it.
constexpr uint64_t kFirstInBytes = 8;
constexpr uint8_t kInBytes = 0x08;

size_t BytesOf(uint64_t value) { return (static_cast<size_t>(std::bit_width(value)) + 7) / 8; }

uint8_t Nibble(uint64_t value) {
  if (value < kFirstInBytes) return static_cast<uint8_t>(value);
  return static_cast<uint8_t>(kInBytes | (BytesOf(value) - 1));
}

void Append(std::vector<uint8_t>& header, uint64_t value) {
  if (value < kFirstInBytes) return;
  for (size_t left = BytesOf(value); left-- > 0;) {
    header.push_back(static_cast<uint8_t>(value >> (8 * left)));
  }
}

}  // namespace

std::vector<uint8_t> WriteSframeHeader(uint64_t key_id, uint64_t counter) {
  std::vector<uint8_t> header;
  header.push_back(static_cast<uint8_t>(Nibble(key_id) << 4 | Nibble(counter)));
  Append(header, key_id);
  Append(header, counter);
  return header;
}

std::optional<SframeHeader> ReadSframeHeader(std::span<const uint8_t> data) {
  if (data.empty()) return std::nullopt;
  SframeHeader header;
  header.size = 1;
  const auto read = [&](uint8_t nibble, uint64_t& value) {
    if ((nibble & kInBytes) == 0) {
      value = nibble;
      return true;
    }
    const size_t size = size_t{1} + (nibble & 0x07);
    if (data.size() - header.size < size) return false;
    for (const uint8_t byte : data.subspan(header.size, size)) value = value << 8 | byte;
    header.size += size;
    return true;
  };
  if (!read(data[0] >> 4, header.key_id) || !read(data[0] & 0x0f, header.counter)) {
    return std::nullopt;
  }
  return header;
}

bool LowestSframeBit(uint64_t counter) { return (Nibble(counter) & 1) != 0; }

uint64_t NextSframeCounter(uint64_t counter, bool lowest_bit) {
  if (LowestSframeBit(counter) == lowest_bit) return counter;
  // One more, or one byte more, turns the bit over.
  if (counter < kFirstInBytes) return counter + 1;
  return uint64_t{1} << (8 * BytesOf(counter));
}

}  // namespace node_libwebrtc
