#ifndef NATIVE_JPEG_HUFFMAN_H_
#define NATIVE_JPEG_HUFFMAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace node_libwebrtc {

// The bits between two markers of a JPEG picture (ITU-T T.81, F.2.2.5). Where there are no more it
// gives zeros, and says so.
class JpegBits final {
 public:
  explicit JpegBits(std::span<const uint8_t> data) : data_(data) {}

  // At most 16.
  uint32_t Peek(int count) {
    if (available_ < count) Fill();
    return static_cast<uint32_t>(bits_ >> (64 - count));
  }
  void Skip(int count) {
    bits_ <<= count;
    available_ -= count;
  }
  uint32_t Take(int count) {
    if (count == 0) return 0;
    const uint32_t result = Peek(count);
    Skip(count);
    return result;
  }

  // Whether more has been taken than there was.
  bool exhausted() const { return available_ < missing_; }

  // Drops the rest of a byte, and what has been read ahead: goes on behind the next marker if it is
  // this kind of restart, from 0 to 7.
  bool Restart(int number);

  // Where the marker is that ended it: the first byte that is none of the bits.
  size_t place() const { return place_; }

 private:
  void Fill();

  const std::span<const uint8_t> data_;
  size_t place_ = 0;
  // The next ones, from the highest.
  uint64_t bits_ = 0;
  int available_ = 0;
  // So many of them are zeros that stand for nothing.
  int missing_ = 0;
};

// A table of Huffman codes (T.81, annex C).
class JpegHuffmanTable final {
 public:
  // How many codes there are of each length from 1 to 16, and what they stand for in their order.
  // False if that is no code.
  bool Set(std::span<const uint8_t, 16> counts, std::span<const uint8_t> values);
  bool is_set() const { return is_set_; }

  // What the next code stands for; -1 if there is no such code.
  int Decode(JpegBits& bits) const;

 private:
  static constexpr int kShortBits = 9;

  struct Short {
    uint8_t value;
    // 0: a longer code, or none.
    uint8_t length;
  };

  bool is_set_ = false;
  std::array<Short, 1 << kShortBits> short_ = {};
  // Of each length: the first code that is too large for it, aligned to 16 bits; and what is to be
  // added to a code for the place of its value.
  std::array<uint32_t, 17> end_ = {};
  std::array<int32_t, 17> offset_ = {};
  std::array<uint8_t, 256> values_ = {};
};

}  // namespace node_libwebrtc

#endif  // NATIVE_JPEG_HUFFMAN_H_
