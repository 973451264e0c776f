#include "native/jpeg/decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "libyuv/scale.h"
#include "native/jpeg/inverse_dct.h"
#include "native/jpeg/usual_codes.h"

namespace node_libwebrtc {

namespace {

// Markers (T.81, table B.1).
constexpr uint8_t kBaseline = 0xC0;
constexpr uint8_t kExtendedSequential = 0xC1;
constexpr uint8_t kCodes = 0xC4;
constexpr uint8_t kStart = 0xD8;
constexpr uint8_t kEnd = 0xD9;
constexpr uint8_t kScan = 0xDA;
constexpr uint8_t kQuantization = 0xDB;
constexpr uint8_t kRestartInterval = 0xDD;

// Other kinds of frames: progressive, lossless, arithmetic codes.
bool IsOtherFrame(uint8_t marker) {
  return marker >= 0xC2 && marker <= 0xCF && marker != kCodes && marker != 0xC8 && marker != 0xCC;
}

// Where the coefficients lie in their block (figure A.6).
constexpr std::array<uint8_t, 64> kPlaces = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

constexpr size_t kBlock = 8;
// Blocks in a unit of several components (B.2.3).
constexpr size_t kMaxBlocksInUnit = 10;
constexpr int kMaxDcBits = 11;

size_t Read16(std::span<const uint8_t> data, size_t at) {
  return static_cast<size_t>(data[at]) << 8 | data[at + 1];
}

size_t DivideUp(size_t value, size_t by) { return (value + by - 1) / by; }

// A difference of so many bits (F.2.2.1).
int Extend(uint32_t value, int bits) {
  if (bits == 0 || value >> (bits - 1) != 0) return static_cast<int>(value);
  return static_cast<int>(value) - (1 << bits) + 1;
}

}  // namespace

webrtc::scoped_refptr<webrtc::I420Buffer> JpegDecoder::Decode(std::span<const uint8_t> data,
                                                              int width, int height,
                                                              VideoBufferPool& pool) {
  if (width <= 0 || height <= 0 || data.size() < 2 || data[0] != 0xFF || data[1] != kStart) {
    return nullptr;
  }
  const UsualCodes& usual = UsualCodes::Get();
  dc_ = {usual.luma_dc, usual.chroma_dc};
  ac_ = {usual.luma_ac, usual.chroma_ac};
  for (Component& component : components_) component.decoded = false;
  units_across_ = 0;
  restart_interval_ = 0;

  size_t place = 2;
  while (place + 4 <= data.size()) {
    if (data[place] != 0xFF) return nullptr;
    const uint8_t marker = data[place + 1];
    if (marker == 0xFF) {
      // A fill byte.
      ++place;
      continue;
    }
    const size_t length = Read16(data, place + 2);
    if (marker == kEnd || length < 2 || length > data.size() - place - 2) return nullptr;
    const Segment segment = data.subspan(place + 4, length - 2);
    place += 2 + length;
    if (marker == kQuantization) {
      if (!ReadQuantization(segment)) return nullptr;
    } else if (marker == kCodes) {
      if (!ReadCodes(segment)) return nullptr;
    } else if (marker == kRestartInterval) {
      if (segment.size() != 2) return nullptr;
      restart_interval_ = Read16(segment, 0);
    } else if (marker == kBaseline || marker == kExtendedSequential) {
      if (!ReadFrame(segment, static_cast<size_t>(width), static_cast<size_t>(height))) {
        return nullptr;
      }
    } else if (marker == kScan) {
      const std::vector<Component*> scan = ReadScan(segment);
      if (scan.empty()) return nullptr;
      const size_t end = DecodeScan(data.subspan(place), scan);
      if (end == 0) return nullptr;
      if (is_complete()) return ToI420(width, height, pool);
      place += end;
    } else if (IsOtherFrame(marker)) {
      return nullptr;
    }
    // Anything else says nothing of the samples.
  }
  return nullptr;
}

// ---- Segments

bool JpegDecoder::ReadQuantization(Segment segment) {
  while (!segment.empty()) {
    const size_t bytes = segment[0] >> 4 == 0 ? 1 : 2;
    const size_t table = segment[0] & 15;
    if (segment[0] >> 4 > 1 || table >= kTables || segment.size() < 1 + 64 * bytes) return false;
    for (size_t i = 0; i < 64; ++i) {
      quantization_[table][i] =
          static_cast<uint16_t>(bytes == 1 ? segment[1 + i] : Read16(segment, 1 + 2 * i));
    }
    segment = segment.subspan(1 + 64 * bytes);
  }
  return true;
}

bool JpegDecoder::ReadCodes(Segment segment) {
  while (!segment.empty()) {
    const size_t table = segment[0] & 15;
    if (segment[0] >> 4 > 1 || table >= kTables || segment.size() < 17) return false;
    const auto counts = segment.subspan<1, 16>();
    size_t values = 0;
    for (const uint8_t count : counts) values += count;
    if (segment.size() < 17 + values) return false;
    JpegHuffmanTable& codes = segment[0] >> 4 == 0 ? dc_[table] : ac_[table];
    if (!codes.Set(counts, segment.subspan(17, values))) return false;
    segment = segment.subspan(17 + values);
  }
  return true;
}

bool JpegDecoder::ReadFrame(Segment segment, size_t width, size_t height) {
  // A second one, or one of another size than the camera was told.
  if (units_across_ > 0 || segment.size() < 6 || segment[0] != 8 || Read16(segment, 1) != height ||
      Read16(segment, 3) != width) {
    return false;
  }
  const size_t count = segment[5];
  if ((count != 1 && count != 3) || segment.size() != 6 + 3 * count) return false;
  components_.resize(count);
  size_t most_across = 1, most_down = 1, blocks = 0;
  for (size_t i = 0; i < count; ++i) {
    const Segment entry = segment.subspan(6 + 3 * i, 3);
    Component& component = components_[i];
    component.id = entry[0];
    component.across = entry[1] >> 4;
    component.down = entry[1] & 15;
    component.quantization = entry[2];
    if (component.across < 1 || component.across > 4 || component.down < 1 || component.down > 4 ||
        component.quantization >= kTables) {
      return false;
    }
    most_across = std::max(most_across, component.across);
    most_down = std::max(most_down, component.down);
    blocks += component.across * component.down;
  }
  if (count > 1 && blocks > kMaxBlocksInUnit) return false;
  units_across_ = DivideUp(width, kBlock * most_across);
  units_down_ = DivideUp(height, kBlock * most_down);
  for (Component& component : components_) {
    component.width = DivideUp(width * component.across, most_across);
    component.height = DivideUp(height * component.down, most_down);
    component.stride = units_across_ * component.across * kBlock;
    component.samples.resize(component.stride * units_down_ * component.down * kBlock);
    component.decoded = false;
  }
  return true;
}

std::vector<JpegDecoder::Component*> JpegDecoder::ReadScan(Segment segment) {
  if (units_across_ == 0 || segment.empty()) return {};
  const size_t count = segment[0];
  if (count < 1 || count > components_.size() || segment.size() != 4 + 2 * count) return {};
  // All coefficients, at once.
  const Segment rest = segment.subspan(1 + 2 * count);
  if (rest[0] != 0 || rest[1] != 63 || rest[2] != 0) return {};
  std::vector<Component*> scan;
  for (size_t i = 0; i < count; ++i) {
    const Segment entry = segment.subspan(1 + 2 * i, 2);
    const auto found =
        std::find_if(components_.begin(), components_.end(),
                     [&](const Component& component) { return component.id == entry[0]; });
    const size_t dc = entry[1] >> 4, ac = entry[1] & 15;
    if (found == components_.end() || std::exchange(found->decoded, true) || dc >= kTables ||
        ac >= kTables || !dc_[dc].is_set() || !ac_[ac].is_set()) {
      return {};
    }
    found->dc = &dc_[dc];
    found->ac = &ac_[ac];
    scan.push_back(&*found);
  }
  return scan;
}

// ---- Samples

size_t JpegDecoder::DecodeScan(std::span<const uint8_t> data, const std::vector<Component*>& scan) {
  // A component alone has its own blocks for units, and only those that hold some of the picture.
  const bool alone = scan.size() == 1;
  const size_t across = alone ? DivideUp(scan[0]->width, kBlock) : units_across_;
  const size_t down = alone ? DivideUp(scan[0]->height, kBlock) : units_down_;
  JpegBits bits(data);
  size_t until_restart = restart_interval_;
  int restart = 0;
  for (Component* component : scan) component->last_dc = 0;
  for (size_t row = 0; row < down; ++row) {
    for (size_t column = 0; column < across; ++column) {
      if (restart_interval_ > 0 && until_restart-- == 0) {
        if (!bits.Restart(restart)) return 0;
        restart = (restart + 1) % 8;
        until_restart = restart_interval_ - 1;
        for (Component* component : scan) component->last_dc = 0;
      }
      if (!DecodeUnit(bits, scan, column, row)) return 0;
    }
    if (bits.exhausted()) return 0;
  }
  return bits.place();
}

bool JpegDecoder::DecodeUnit(JpegBits& bits, const std::vector<Component*>& scan, size_t column,
                             size_t row) {
  if (scan.size() == 1) return DecodeBlock(bits, *scan[0], column, row);
  for (Component* component : scan) {
    for (size_t y = 0; y < component->down; ++y) {
      for (size_t x = 0; x < component->across; ++x) {
        if (!DecodeBlock(bits, *component, column * component->across + x,
                         row * component->down + y)) {
          return false;
        }
      }
    }
  }
  return true;
}

bool JpegDecoder::DecodeBlock(JpegBits& bits, Component& component, size_t column, size_t row) {
  const std::array<uint16_t, 64>& quantization = quantization_[component.quantization];
  uint8_t* const samples =
      component.samples.data() + row * kBlock * component.stride + column * kBlock;
  const int dc_bits = component.dc->Decode(bits);
  if (dc_bits < 0 || dc_bits > kMaxDcBits) return false;
  const int difference = Extend(bits.Take(dc_bits), dc_bits);
  // Never more in a picture that is right.
  component.last_dc = static_cast<int16_t>(component.last_dc + difference);
  const auto first = static_cast<float>(component.last_dc * quantization[0]);

  JpegBlock block;
  bool has_others = false;
  for (size_t index = 1; index < 64; ++index) {
    const int code = component.ac->Decode(bits);
    if (code < 0) return false;
    const auto zeros = static_cast<size_t>(code >> 4);
    const int value_bits = code & 15;
    if (value_bits == 0 && zeros != 15) break;
    index += zeros;
    if (value_bits == 0) continue;
    if (index > 63) return false;
    if (!std::exchange(has_others, true)) block.fill(0);
    block[kPlaces[index]] =
        static_cast<float>(Extend(bits.Take(value_bits), value_bits) * quantization[index]);
  }
  if (has_others) {
    block[0] = first;
    InverseDct(block, samples, component.stride);
  } else {
    InverseDctOfFirst(first, samples, component.stride);
  }
  return true;
}

bool JpegDecoder::is_complete() const {
  return std::all_of(components_.begin(), components_.end(),
                     [](const Component& component) { return component.decoded; });
}

webrtc::scoped_refptr<webrtc::I420Buffer> JpegDecoder::ToI420(int width, int height,
                                                              VideoBufferPool& pool) const {
  webrtc::scoped_refptr<webrtc::I420Buffer> buffer = pool.CreateI420(width, height);
  const auto take = [](const Component& from, uint8_t* to, int stride, int to_width,
                       int to_height) {
    libyuv::ScalePlane(from.samples.data(), static_cast<int>(from.stride),
                       static_cast<int>(from.width), static_cast<int>(from.height), to, stride,
                       to_width, to_height, libyuv::kFilterBox);
  };
  const int chroma_width = buffer->ChromaWidth(), chroma_height = buffer->ChromaHeight();
  take(components_[0], buffer->MutableDataY(), buffer->StrideY(), width, height);
  if (components_.size() == 1) {
    constexpr int kGray = 128;
    const auto bytes = static_cast<size_t>(buffer->StrideU()) * static_cast<size_t>(chroma_height);
    std::memset(buffer->MutableDataU(), kGray, bytes);
    std::memset(buffer->MutableDataV(), kGray, bytes);
  } else {
    take(components_[1], buffer->MutableDataU(), buffer->StrideU(), chroma_width, chroma_height);
    take(components_[2], buffer->MutableDataV(), buffer->StrideV(), chroma_width, chroma_height);
  }
  return buffer;
}

}  // namespace node_libwebrtc
