#include "native/frame_transforms.h"

#include "native/script_transform.h"
#include "native/sframe/sframe_transform.h"

namespace node_libwebrtc {

webrtc::scoped_refptr<FrameTransform> ReadFrameTransform(Napi::Env env, napi_value value) {
  if (auto script = ScriptTransformHandle::Read(env, value)) return script;
  return SframeTransformHandle::Read(env, value);
}

}  // namespace node_libwebrtc
