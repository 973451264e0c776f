#include "native/recording/key_frames.h"

#include <cstddef>
#include <cstring>
#include <optional>
#include <set>
#include <span>

#include "absl/strings/string_view.h"
#include "common_video/h264/h264_common.h"
#include "common_video/h264/sps_parser.h"
#include "native/recording/obu.h"

namespace node_libwebrtc {

namespace {

struct Size {
  int width;
  int height;
};

constexpr int kH264Sps = 7;
constexpr int kH264Pps = 8;
constexpr int kH265Vps = 32;
constexpr int kH265Sps = 33;
constexpr int kH265Pps = 34;

int NalType(bool is_h265, uint8_t header) { return is_h265 ? header >> 1 & 0x3f : header & 0x1f; }

// RFC 6386, section 9.1.
std::optional<Size> Vp8Size(std::span<const uint8_t> frame) {
  if (frame.size() < 10 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a) {
    return std::nullopt;
  }
  return Size{.width = (frame[7] << 8 | frame[6]) & 0x3fff,
              .height = (frame[9] << 8 | frame[8]) & 0x3fff};
}

std::optional<Size> H264Size(std::span<const uint8_t> frame) {
  for (const webrtc::H264::NaluIndex& nal : webrtc::H264::FindNaluIndices(frame)) {
    if (nal.payload_size < 2 || NalType(false, frame[nal.payload_start_offset]) != kH264Sps) {
      continue;
    }
    const auto sps = webrtc::SpsParser::ParseSps(
        frame.subspan(nal.payload_start_offset + 1, nal.payload_size - 1));
    if (!sps) return std::nullopt;
    return Size{.width = static_cast<int>(sps->width), .height = static_cast<int>(sps->height)};
  }
  return std::nullopt;
}

// VP9 has told its size already.
std::optional<Size> KeyFrameSize(absl::string_view codec, std::span<const uint8_t> frame) {
  if (codec == "VP8") return Vp8Size(frame);
  if (codec == "H264") return H264Size(frame);
  if (codec == "AV1") {
    if (const auto size = Av1SequenceSize(frame)) {
      return Size{.width = size->width, .height = size->height};
    }
  }
  return std::nullopt;
}

}  // namespace

void KeyFrames::Complete(EncodedChunk& chunk) {
  const absl::string_view codec = chunk.codec;
  if (chunk.key) {
    if (codec == "H264" || codec == "H265") CompleteParameterSets(chunk);
    // Of several spatial layers AV1's sequence header knows the highest.
    if (chunk.width == 0 || chunk.height == 0 || codec == "AV1") {
      if (const auto size = KeyFrameSize(codec, chunk.bytes())) {
        chunk.width = size->width;
        chunk.height = size->height;
      }
    }
  }
  if (chunk.width > 0 && chunk.height > 0) {
    width_ = chunk.width;
    height_ = chunk.height;
  } else {
    chunk.width = width_;
    chunk.height = height_;
  }
}

void KeyFrames::CompleteParameterSets(EncodedChunk& chunk) {
  const bool is_h265 = std::strcmp(chunk.codec, "H265") == 0;
  const std::set<int> types =
      is_h265 ? std::set{kH265Vps, kH265Sps, kH265Pps} : std::set{kH264Sps, kH264Pps};
  const std::span<const uint8_t> frame = chunk.bytes();
  // Those of one type together: there may be several.
  std::map<int, std::vector<uint8_t>> present;
  for (const webrtc::H264::NaluIndex& nal : webrtc::H264::FindNaluIndices(frame)) {
    if (nal.payload_size == 0) continue;
    const int type = NalType(is_h265, frame[nal.payload_start_offset]);
    if (!types.contains(type)) continue;
    const auto bytes = frame.subspan(
        nal.start_offset, nal.payload_start_offset + nal.payload_size - nal.start_offset);
    present[type].insert(present[type].end(), bytes.begin(), bytes.end());
  }
  std::vector<uint8_t> missing;
  for (int type : types) {
    if (auto entry = present.find(type); entry != present.end()) {
      parameter_sets_[type] = std::move(entry->second);
    } else if (auto known = parameter_sets_.find(type); known != parameter_sets_.end()) {
      missing.insert(missing.end(), known->second.begin(), known->second.end());
    }
  }
  if (missing.empty()) return;
  auto buffer = webrtc::EncodedImageBuffer::Create(missing.size() + frame.size());
  std::memcpy(buffer->data(), missing.data(), missing.size());
  std::memcpy(buffer->data() + missing.size(), frame.data(), frame.size());
  chunk.offset = 0;
  chunk.size = buffer->size();
  chunk.buffer = std::move(buffer);
}

}  // namespace node_libwebrtc
