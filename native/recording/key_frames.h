#ifndef NATIVE_RECORDING_KEY_FRAMES_H_
#define NATIVE_RECORDING_KEY_FRAMES_H_

#include <cstdint>
#include <map>
#include <vector>

#include "native/recording/encoded_chunk.h"

namespace node_libwebrtc {

// Completes the chunks of a video stream in their order: a key frame has all that a decoder needs
// to begin with it, and every chunk has the size of its picture.
class KeyFrames final {
 public:
  void Complete(EncodedChunk& chunk);

 private:
  void CompleteParameterSets(EncodedChunk& chunk);

  int width_ = 0;
  int height_ = 0;
  // H.264 and H.265: the last parameter sets with their start codes, in the order of their types.
  std::map<int, std::vector<uint8_t>> parameter_sets_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_KEY_FRAMES_H_
