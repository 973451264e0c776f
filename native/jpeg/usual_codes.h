#ifndef NATIVE_JPEG_USUAL_CODES_H_
#define NATIVE_JPEG_USUAL_CODES_H_

#include "native/jpeg/huffman.h"

namespace node_libwebrtc {

// The codes that the standard recommends (ITU-T T.81, K.3), which cameras leave out of their
// pictures.
struct UsualCodes {
  JpegHuffmanTable luma_dc;
  JpegHuffmanTable luma_ac;
  JpegHuffmanTable chroma_dc;
  JpegHuffmanTable chroma_ac;

  static const UsualCodes& Get();
};

}  // namespace node_libwebrtc

#endif  // NATIVE_JPEG_USUAL_CODES_H_
