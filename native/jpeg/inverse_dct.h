#ifndef NATIVE_JPEG_INVERSE_DCT_H_
#define NATIVE_JPEG_INVERSE_DCT_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace node_libwebrtc {

// Coefficients of a block of 8 by 8 samples, one row after the other, as they are after their
// quantization has been undone.
using JpegBlock = std::array<float, 64>;

// Makes samples of them (ITU-T T.81, A.3.3). `stride` is the distance between two rows.
void InverseDct(const JpegBlock& block, uint8_t* samples, size_t stride);

// The same for a block that is its first coefficient alone.
void InverseDctOfFirst(float first, uint8_t* samples, size_t stride);

}  // namespace node_libwebrtc

#endif  // NATIVE_JPEG_INVERSE_DCT_H_
