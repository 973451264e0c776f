#ifndef NATIVE_FRAME_TRANSFORMS_H_
#define NATIVE_FRAME_TRANSFORMS_H_

#include <napi.h>

#include "api/scoped_refptr.h"
#include "native/frame_pipe.h"

namespace node_libwebrtc {

// The transform behind a JS value, of whatever kind it is; null if it is none.
webrtc::scoped_refptr<FrameTransform> ReadFrameTransform(Napi::Env env, napi_value value);

}  // namespace node_libwebrtc

#endif  // NATIVE_FRAME_TRANSFORMS_H_
