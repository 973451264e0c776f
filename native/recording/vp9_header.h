#ifndef NATIVE_RECORDING_VP9_HEADER_H_
#define NATIVE_RECORDING_VP9_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc_base/bitstream_reader.h"

namespace node_libwebrtc {

// What concerns recording in the uncompressed header of a VP9 frame (section 6.2 of the
// specification).
struct Vp9Header {
  bool show_existing_frame = false;
  bool key = false;
  bool show = false;
  int width = 0;
  int height = 0;
  // Where `show_frame` is, and `intra_only` of a frame that is not shown; bits from the front.
  size_t show_frame_place = 0;
  size_t intra_only_place = 0;
  // Without what fills the last byte.
  size_t size_bits = 0;

  size_t size_bytes() const { return (size_bits + 7) / 8; }
};

// Reads the headers of a stream's frames in their order, from a key frame on: the end of a header
// depends on the sizes of the frames before, which it remembers.
class Vp9HeaderReader final {
 public:
  // Nothing for what is no frame, or not one that this understands.
  std::optional<Vp9Header> Read(std::span<const uint8_t> frame);

 private:
  struct Size {
    int width = 0;
    int height = 0;
  };

  Size ReadSizeFromReferences(webrtc::BitstreamReader& reader, const std::array<size_t, 3>& places);

  // Of the pictures that later ones may refer to.
  std::array<Size, 8> references_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_VP9_HEADER_H_
