#ifndef NATIVE_RECORDING_AUDIO_PACKETS_H_
#define NATIVE_RECORDING_AUDIO_PACKETS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "api/frame_transformer_interface.h"
#include "native/recording/encoded_chunk.h"
#include "rtc_base/numerics/sequence_number_unwrapper.h"

namespace node_libwebrtc {

// Makes chunks of the packets of an audio stream: in order, each once, and plain ones of those that
// carry others along (RFC 2198), which fill what has been lost. One call at a time.
class AudioPackets final {
 public:
  // What can be given away now, for a packet that has come; often one chunk, sometimes none or
  // several.
  std::vector<EncodedChunk> Insert(const webrtc::TransformableAudioFrameInterface& packet);

 private:
  struct Waiting {
    EncodedChunk chunk;
    // Unknown of what came along with another packet.
    std::optional<int64_t> sequence_number;
  };

  void Order(int64_t timestamp, Waiting packet);
  bool IsNext(int64_t timestamp, const Waiting& packet) const;
  // Gives away what waits up to the next gap, or all of it.
  void Drain(bool skip_gaps);
  void Give(EncodedChunk chunk);
  void Restart();

  std::optional<uint32_t> ssrc_;
  webrtc::RtpSequenceNumberUnwrapper sequence_numbers_;
  webrtc::RtpTimestampUnwrapper timestamps_;
  // Of the packet that was given last.
  std::optional<int64_t> last_timestamp_;
  std::optional<int64_t> last_sequence_number_;
  // Where its sound ends.
  int64_t next_timestamp_ = 0;
  // Those behind a gap, by unwrapped RTP timestamp.
  std::map<int64_t, Waiting> waiting_;
  int64_t last_arrival_us_ = 0;
  // What `Insert` gives.
  std::vector<EncodedChunk> ready_;
};

// A payload within a packet of RFC 2198.
struct RedundantBlock {
  // How much older it is than the packet, in ticks of its clock.
  uint32_t timestamp_offset;
  std::span<const uint8_t> payload;
};

// The blocks, the packet's own last; none if it is malformed.
std::vector<RedundantBlock> SplitRedundant(std::span<const uint8_t> packet);

// Microseconds of sound in a packet of Opus (RFC 6716, section 3); 0 if it is malformed.
int64_t OpusDuration(std::span<const uint8_t> packet);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_AUDIO_PACKETS_H_
