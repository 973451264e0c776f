#include "native/recording/audio_packets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "api/video/encoded_image.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// How long packets wait for one that is missing.
constexpr size_t kMaxWaiting = 8;
constexpr int64_t kMaxWaitUs = 150'000;
// Times that lie further back, in seconds, are those of a stream that has begun anew.
constexpr int64_t kMaxStepBack = 5;

struct Codec {
  const char* name;
  int clock_rate;
  int channels;
  // Of one sample in every channel; 0 for those that say their duration themselves.
  double bytes_per_millisecond;
};

// As their payload formats have them, whatever sounds. G.722's clock is half of its rate.
constexpr Codec kCodecs[] = {
    {"opus", 48'000, 2, 0}, {"PCMU", 8000, 1, 8}, {"PCMA", 8000, 1, 8}, {"G722", 8000, 1, 8}};

const Codec* FindCodec(absl::string_view mime_type) {
  const size_t slash = mime_type.find('/');
  const absl::string_view name =
      slash == absl::string_view::npos ? mime_type : mime_type.substr(slash + 1);
  // Redundancy is negotiated for Opus alone.
  if (absl::EqualsIgnoreCase(name, "red")) return &kCodecs[0];
  for (const Codec& codec : kCodecs) {
    if (absl::EqualsIgnoreCase(name, codec.name)) return &codec;
  }
  return nullptr;
}

EncodedChunk MakeChunk(const Codec& codec, std::span<const uint8_t> payload, uint32_t rtp_timestamp,
                       int64_t arrival_us) {
  const double bytes = static_cast<double>(payload.size());
  return {.codec = codec.name,
          .buffer = webrtc::EncodedImageBuffer::Create(payload.data(), payload.size()),
          .size = payload.size(),
          .timestamp_us = arrival_us,
          .rtp_timestamp = rtp_timestamp,
          .clock_rate = codec.clock_rate,
          .duration_us = codec.bytes_per_millisecond > 0
                             ? static_cast<int64_t>(bytes * 1000 / codec.bytes_per_millisecond)
                             : OpusDuration(payload),
          .channels = codec.channels};
}

}  // namespace

int64_t OpusDuration(std::span<const uint8_t> packet) {
  if (packet.empty()) return 0;
  const int config = packet[0] >> 3;
  // SILK, hybrid, and CELT.
  const int64_t frame_us = config < 12   ? std::array{10'000, 20'000, 40'000, 60'000}[config % 4]
                           : config < 16 ? std::array{10'000, 20'000}[config % 2]
                                         : std::array{2500, 5000, 10'000, 20'000}[config % 4];
  switch (packet[0] & 3) {
    case 0:
      return frame_us;
    case 1:
    case 2:
      return 2 * frame_us;
    default:
      return packet.size() < 2 ? 0 : (packet[1] & 0x3f) * frame_us;
  }
}

std::vector<RedundantBlock> SplitRedundant(std::span<const uint8_t> packet) {
  struct Header {
    uint32_t timestamp_offset;
    size_t size;
  };
  std::vector<Header> headers;
  size_t place = 0;
  while (place < packet.size() && (packet[place] & 0x80)) {
    if (packet.size() - place < 4) return {};
    headers.push_back(
        {.timestamp_offset = static_cast<uint32_t>(packet[place + 1] << 6 | packet[place + 2] >> 2),
         .size = static_cast<size_t>((packet[place + 2] & 3) << 8 | packet[place + 3])});
    place += 4;
  }
  // The header of the packet's own payload, which takes what is left.
  if (place >= packet.size()) return {};
  ++place;
  std::vector<RedundantBlock> blocks;
  for (const Header& header : headers) {
    if (header.size > packet.size() - place) return {};
    blocks.push_back({.timestamp_offset = header.timestamp_offset,
                      .payload = packet.subspan(place, header.size)});
    place += header.size;
  }
  blocks.push_back({.timestamp_offset = 0, .payload = packet.subspan(place)});
  return blocks;
}

std::vector<EncodedChunk> AudioPackets::Insert(
    const webrtc::TransformableAudioFrameInterface& packet) {
  ready_.clear();
  const std::string mime_type = packet.GetMimeType();
  const Codec* codec = FindCodec(mime_type);
  if (!codec) return {};
  if (std::exchange(ssrc_, packet.GetSsrc()) != packet.GetSsrc()) Restart();
  const int64_t arrival_us =
      packet.ReceiveTime() ? packet.ReceiveTime()->us() : webrtc::TimeMicros();
  const bool is_redundant = absl::EndsWithIgnoreCase(mime_type, "/red");
  const std::vector<RedundantBlock> blocks =
      is_redundant
          ? SplitRedundant(packet.GetData())
          : std::vector<RedundantBlock>{{.timestamp_offset = 0, .payload = packet.GetData()}};
  if (blocks.empty()) return {};
  std::optional<int64_t> sequence_number;
  if (const auto number = packet.SequenceNumber()) {
    sequence_number = sequence_numbers_.Unwrap(*number);
  }
  const int64_t timestamp = timestamps_.Unwrap(packet.GetTimestamp());
  if (last_timestamp_ && timestamp < *last_timestamp_ - kMaxStepBack * codec->clock_rate) Restart();
  for (const RedundantBlock& block : blocks) {
    if (block.payload.empty()) continue;
    const bool is_own = &block == &blocks.back();
    // What came along can fill a gap, not begin.
    if (!is_own && !last_timestamp_) continue;
    Order(timestamp - block.timestamp_offset,
          {.chunk = MakeChunk(*codec, block.payload, packet.GetTimestamp() - block.timestamp_offset,
                              arrival_us),
           .sequence_number = is_own ? sequence_number : std::nullopt});
  }
  return std::exchange(ready_, {});
}

void AudioPackets::Restart() {
  Drain(/*skip_gaps=*/true);
  last_timestamp_.reset();
  last_sequence_number_.reset();
  sequence_numbers_.Reset();
}

void AudioPackets::Order(int64_t timestamp, Waiting packet) {
  // A duplicate, or too late.
  if (last_timestamp_ && timestamp <= *last_timestamp_) return;
  const int64_t arrival_us = packet.chunk.timestamp_us;
  waiting_.emplace(timestamp, std::move(packet));
  Drain(/*skip_gaps=*/false);
  while (!waiting_.empty() &&
         (waiting_.size() > kMaxWaiting ||
          arrival_us - waiting_.begin()->second.chunk.timestamp_us > kMaxWaitUs)) {
    // What is missing does not come any more.
    last_timestamp_.reset();
    Drain(/*skip_gaps=*/false);
  }
}

// Numbers leave a gap where packets without sound were, times where there was silence.
bool AudioPackets::IsNext(int64_t timestamp, const Waiting& packet) const {
  return !last_timestamp_ || timestamp == next_timestamp_ ||
         (packet.sequence_number && last_sequence_number_ &&
          *packet.sequence_number == *last_sequence_number_ + 1);
}

void AudioPackets::Drain(bool skip_gaps) {
  while (!waiting_.empty()) {
    auto& [timestamp, packet] = *waiting_.begin();
    if (!skip_gaps && !IsNext(timestamp, packet)) return;
    last_timestamp_ = timestamp;
    next_timestamp_ = timestamp + packet.chunk.duration_us * packet.chunk.clock_rate / 1'000'000;
    last_sequence_number_ = packet.sequence_number;
    Give(std::move(packet.chunk));
    waiting_.erase(waiting_.begin());
  }
}

void AudioPackets::Give(EncodedChunk chunk) {
  // What came out of order is given in order.
  chunk.timestamp_us = std::max(chunk.timestamp_us, last_arrival_us_ + 1);
  last_arrival_us_ = chunk.timestamp_us;
  ready_.push_back(std::move(chunk));
}

}  // namespace node_libwebrtc
