#ifndef NATIVE_RECORDING_AUDIO_ENCODING_H_
#define NATIVE_RECORDING_AUDIO_ENCODING_H_

#include <memory>

#include "api/scoped_refptr.h"
#include "native/recording/encoded_tap.h"
#include "native/track_node.h"

namespace node_libwebrtc {

class Runtime;

// `NativeAudioEncoderOptions` of lib/native_recording.ts.
struct AudioEncodingOptions {
  int bits_per_second;
  bool constant_bitrate;
};

// Encodes what a track gives with Opus, on the runtime's task pool. On the JS thread; null if
// nothing can start any more.
std::unique_ptr<EncodedFeed> StartAudioEncoding(Runtime& runtime,
                                                webrtc::scoped_refptr<AudioTrackNode> node,
                                                const AudioEncodingOptions& options,
                                                std::shared_ptr<EncodedConsumer> consumer);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_AUDIO_ENCODING_H_
