#ifndef NATIVE_SFRAME_SFRAME_HEADER_H_
#define NATIVE_SFRAME_SFRAME_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace node_libwebrtc {

// What stands before every ciphertext (RFC 9605, section 4.3): which key, and the how-manieth use
// of it.
struct SframeHeader {
  uint64_t key_id = 0;
  uint64_t counter = 0;
  // In bytes, as read.
  size_t size = 0;
};

// Both values as short as they can be.
std::vector<uint8_t> WriteSframeHeader(uint64_t key_id, uint64_t counter);

// Nothing if `data` ends before the header does.
std::optional<SframeHeader> ReadSframeHeader(std::span<const uint8_t> data);

// The lowest bit of the header's first byte, which the counter alone decides.
bool LowestSframeBit(uint64_t counter);

// The first counter from `counter` on whose header begins with that bit.
uint64_t NextSframeCounter(uint64_t counter, bool lowest_bit);

}  // namespace node_libwebrtc

#endif  // NATIVE_SFRAME_SFRAME_HEADER_H_
