#ifndef NATIVE_RECORDING_VP9_LAYERS_H_
#define NATIVE_RECORDING_VP9_LAYERS_H_

#include "api/video/encoded_image.h"
#include "native/recording/encoded_chunk.h"
#include "native/recording/vp9_header.h"

namespace node_libwebrtc {

// A VP9 picture of several spatial layers reaches libwebrtc's decoder as the layers' frames one
// after the other, each of which says that it is to be shown. This makes a superframe of it, as
// files have it: with an index, and only the uppermost frame shown.
class Vp9Layers final {
 public:
  // Of all chunks of a stream, in their order. Others than such pictures stay as they are.
  void Join(const webrtc::EncodedImage& image, EncodedChunk& chunk);

 private:
  Vp9HeaderReader reader_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_VP9_LAYERS_H_
