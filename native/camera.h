#ifndef NATIVE_CAMERA_H_
#define NATIVE_CAMERA_H_

#include <napi.h>

namespace node_libwebrtc {

// `listCameras` and `openCamera` of the addon: the cameras that libwebrtc finds.
Napi::Value ListCameras(const Napi::CallbackInfo& info);
Napi::Value OpenCamera(const Napi::CallbackInfo& info);

}  // namespace node_libwebrtc

#endif  // NATIVE_CAMERA_H_
