#include "native/jpeg/huffman.h"

#include <algorithm>

namespace node_libwebrtc {

// ---- Bits

void JpegBits::Fill() {
  while (available_ <= 56) {
    uint8_t byte = 0;
    if (place_ < data_.size() && data_[place_] != 0xFF) {
      byte = data_[place_++];
    } else if (place_ + 1 < data_.size() && data_[place_ + 1] == 0) {
      // A byte of ones has a zero behind it.
      byte = 0xFF;
      place_ += 2;
    } else {
      missing_ += 8;
    }
    bits_ |= uint64_t{byte} << (56 - available_);
    available_ += 8;
  }
}

bool JpegBits::Restart(int number) {
  if (exhausted()) return false;
  bits_ = 0;
  available_ = 0;
  missing_ = 0;
  // Any number of fill bytes stand before a marker.
  while (place_ + 1 < data_.size() && data_[place_] == 0xFF && data_[place_ + 1] == 0xFF) ++place_;
  if (place_ + 1 >= data_.size() || data_[place_] != 0xFF || data_[place_ + 1] != 0xD0 + number) {
    return false;
  }
  place_ += 2;
  return true;
}

// ---- Codes

bool JpegHuffmanTable::Set(std::span<const uint8_t, 16> counts, std::span<const uint8_t> values) {
  is_set_ = false;
  if (values.size() > values_.size()) return false;
  std::copy(values.begin(), values.end(), values_.begin());
  short_ = {};
  uint32_t code = 0;
  size_t index = 0;
  for (int length = 1; length <= 16; ++length, code <<= 1) {
    const uint32_t count = counts[static_cast<size_t>(length - 1)];
    if (code + count > uint32_t{1} << length || index + count > values.size()) return false;
    offset_[static_cast<size_t>(length)] = static_cast<int32_t>(index) - static_cast<int32_t>(code);
    for (uint32_t i = 0; i < count; ++i, ++code, ++index) {
      if (length > kShortBits) continue;
      const auto first = short_.begin() + (code << (kShortBits - length));
      std::fill_n(first, size_t{1} << (kShortBits - length),
                  Short{.value = values[index], .length = static_cast<uint8_t>(length)});
    }
    end_[static_cast<size_t>(length)] = code << (16 - length);
  }
  is_set_ = true;
  return true;
}

int JpegHuffmanTable::Decode(JpegBits& bits) const {
  const uint32_t next = bits.Peek(16);
  const Short& known = short_[next >> (16 - kShortBits)];
  if (known.length > 0) {
    bits.Skip(known.length);
    return known.value;
  }
  for (int length = kShortBits + 1; length <= 16; ++length) {
    const auto at = static_cast<size_t>(length);
    if (next >= end_[at]) continue;
    bits.Skip(length);
    const int32_t place = static_cast<int32_t>(next >> (16 - length)) + offset_[at];
    return values_[static_cast<size_t>(place)];
  }
  return -1;
}

}  // namespace node_libwebrtc
