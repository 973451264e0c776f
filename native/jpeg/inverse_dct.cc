#include "native/jpeg/inverse_dct.h"

#include <algorithm>

namespace node_libwebrtc {

namespace {

constexpr size_t kSide = 8;

// Half the cosine of n/16 of a half turn.
constexpr float kC1 = 0.490392640F;
constexpr float kC2 = 0.461939766F;
constexpr float kC3 = 0.415734806F;
constexpr float kC4 = 0.353553391F;
constexpr float kC5 = 0.277785117F;
constexpr float kC6 = 0.191341716F;
constexpr float kC7 = 0.097545161F;

// What the even coefficients, and what the odd ones add to the first four samples. The last four
// are their mirror image, in which the odd ones count negative.
constexpr float kEven[4][4] = {
    {kC4, kC2, kC4, kC6}, {kC4, kC6, -kC4, -kC2}, {kC4, -kC6, -kC4, kC2}, {kC4, -kC2, kC4, -kC6}};
constexpr float kOdd[4][4] = {
    {kC1, kC3, kC5, kC7}, {kC3, -kC7, -kC1, -kC5}, {kC5, -kC1, kC7, kC3}, {kC7, -kC5, kC3, -kC1}};

// Of each column. Inner loops go over columns, for which the compiler has vectors.
JpegBlock TransformColumns(const JpegBlock& in) {
  JpegBlock out;
  for (size_t x = 0; x < kSide / 2; ++x) {
    const auto& even = kEven[x];
    const auto& odd = kOdd[x];
    for (size_t i = 0; i < kSide; ++i) {
      const float sum = even[0] * in[i] + even[1] * in[2 * kSide + i] +
                        even[2] * in[4 * kSide + i] + even[3] * in[6 * kSide + i];
      const float difference = odd[0] * in[kSide + i] + odd[1] * in[3 * kSide + i] +
                               odd[2] * in[5 * kSide + i] + odd[3] * in[7 * kSide + i];
      out[x * kSide + i] = sum + difference;
      out[(kSide - 1 - x) * kSide + i] = sum - difference;
    }
  }
  return out;
}

JpegBlock Transpose(const JpegBlock& in) {
  JpegBlock out;
  for (size_t y = 0; y < kSide; ++y) {
    for (size_t x = 0; x < kSide; ++x) out[x * kSide + y] = in[y * kSide + x];
  }
  return out;
}

// Samples are signed here: zero is the middle.
uint8_t ToSample(float value) {
  return static_cast<uint8_t>(std::clamp(value + 128.5F, 0.0F, 255.0F));
}

}  // namespace

void InverseDct(const JpegBlock& block, uint8_t* samples, size_t stride) {
  const JpegBlock values = Transpose(TransformColumns(Transpose(TransformColumns(block))));
  for (size_t y = 0; y < kSide; ++y) {
    for (size_t x = 0; x < kSide; ++x) samples[y * stride + x] = ToSample(values[y * kSide + x]);
  }
}

void InverseDctOfFirst(float first, uint8_t* samples, size_t stride) {
  const uint8_t sample = ToSample(first / 8);
  for (size_t y = 0; y < kSide; ++y) std::fill_n(samples + y * stride, kSide, sample);
}

}  // namespace node_libwebrtc
