#ifndef NATIVE_RECORDING_OBU_H_
#define NATIVE_RECORDING_OBU_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace node_libwebrtc {

struct Av1Size {
  int width;
  int height;
};

// The size that the sequence header of a temporal unit says; nothing if there is none.
std::optional<Av1Size> Av1SequenceSize(std::span<const uint8_t> temporal_unit);

// How many bytes a temporal unit's delimiters take at its front: files have none.
size_t Av1DelimiterSize(std::span<const uint8_t> temporal_unit);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_OBU_H_
