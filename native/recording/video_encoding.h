#ifndef NATIVE_RECORDING_VIDEO_ENCODING_H_
#define NATIVE_RECORDING_VIDEO_ENCODING_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "api/scoped_refptr.h"
#include "native/recording/encoded_tap.h"
#include "native/track_node.h"

namespace node_libwebrtc {

class Runtime;

// `NativeVideoEncoderOptions` of lib/native_recording.ts.
struct VideoEncodingOptions {
  // "VP8", "VP9", "AV1" or "H264". A literal.
  const char* codec;
  int bits_per_second;
  std::optional<int64_t> key_frame_interval_ms;
  std::optional<int64_t> key_frame_interval_frames;
  bool is_screencast;
};

// Encodes what a track gives, on the runtime's task pool. On the JS thread; null if nothing can
// start any more.
std::unique_ptr<EncodedFeed> StartVideoEncoding(Runtime& runtime,
                                                webrtc::scoped_refptr<VideoTrackNode> node,
                                                const VideoEncodingOptions& options,
                                                std::shared_ptr<EncodedConsumer> consumer);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_VIDEO_ENCODING_H_
