#ifndef NATIVE_REMOTE_ORIGIN_H_
#define NATIVE_REMOTE_ORIGIN_H_

#include <memory>

#include "api/media_stream_interface.h"
#include "api/scoped_refptr.h"
#include "native/frame_pipe.h"
#include "native/media_origin.h"
#include "native/runtime/runtime.h"

namespace node_libwebrtc {

// What a receiver gets, as the origin of tracks. It ends when the receiver stops, or with the
// engine. The receiver's pipe stays open for it. On the JS thread; the origin itself may be used
// and released on any thread.
webrtc::scoped_refptr<VideoOrigin> CreateRemoteOrigin(std::shared_ptr<Runtime> runtime,
                                                      webrtc::VideoTrackInterface& track,
                                                      std::shared_ptr<FramePipe> pipe);
// Its encoded sound is taken from the pipe.
webrtc::scoped_refptr<AudioOrigin> CreateRemoteOrigin(std::shared_ptr<Runtime> runtime,
                                                      webrtc::AudioTrackInterface& track,
                                                      std::shared_ptr<FramePipe> pipe);

}  // namespace node_libwebrtc

#endif  // NATIVE_REMOTE_ORIGIN_H_
