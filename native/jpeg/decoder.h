#ifndef NATIVE_JPEG_DECODER_H_
#define NATIVE_JPEG_DECODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "api/scoped_refptr.h"
#include "api/video/i420_buffer.h"
#include "native/jpeg/huffman.h"
#include "native/video_buffer_pool.h"

namespace node_libwebrtc {

// Decodes the pictures of cameras that give JPEG (ITU-T T.81): sequential ones with Huffman codes
// and 8 bits a sample, in Y'CbCr of any sampling or in gray. As in AVI and over USB, a picture may
// leave out the codes that the standard recommends. One thread at a time.
//
// Its own, because there is none to be had: FFmpeg and libyuv are built without one, and libjpeg
// comes as a shared library, which no machine need have, or as objects that cannot be linked into
// one.
class JpegDecoder final {
 public:
  // Null if it is no such picture of this size, or damaged. Its levels go from 0 to 255, as JPEG
  // has them.
  webrtc::scoped_refptr<webrtc::I420Buffer> Decode(std::span<const uint8_t> data, int width,
                                                   int height, VideoBufferPool& pool);

 private:
  struct Component {
    uint8_t id = 0;
    // Samples for those of the component that has most, in each direction.
    size_t across = 1;
    size_t down = 1;
    size_t quantization = 0;

    size_t width = 0;
    size_t height = 0;
    // Whole units of the picture.
    size_t stride = 0;
    std::vector<uint8_t> samples;
    bool decoded = false;

    // While a scan is decoded.
    const JpegHuffmanTable* dc = nullptr;
    const JpegHuffmanTable* ac = nullptr;
    int last_dc = 0;
  };
  // The contents of a segment, without its length.
  using Segment = std::span<const uint8_t>;

  bool ReadQuantization(Segment segment);
  bool ReadCodes(Segment segment);
  bool ReadFrame(Segment segment, size_t width, size_t height);
  // What a scan has, in the order in which it has it; nothing if it is wrong.
  std::vector<Component*> ReadScan(Segment segment);

  // `data` begins with the scan. Returns where it ends, or 0 if it is damaged.
  size_t DecodeScan(std::span<const uint8_t> data, const std::vector<Component*>& scan);
  bool DecodeUnit(JpegBits& bits, const std::vector<Component*>& scan, size_t column, size_t row);
  bool DecodeBlock(JpegBits& bits, Component& component, size_t column, size_t row);
  bool is_complete() const;
  webrtc::scoped_refptr<webrtc::I420Buffer> ToI420(int width, int height,
                                                   VideoBufferPool& pool) const;

  static constexpr size_t kTables = 4;
  // In the order in which coefficients are coded. Zero: not set.
  std::array<std::array<uint16_t, 64>, kTables> quantization_ = {};
  std::array<JpegHuffmanTable, kTables> dc_;
  std::array<JpegHuffmanTable, kTables> ac_;
  // Kept from picture to picture for their memory.
  std::vector<Component> components_;
  size_t units_across_ = 0;
  size_t units_down_ = 0;
  // Units between two restarts; 0: there are none.
  size_t restart_interval_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_JPEG_DECODER_H_
