#ifndef NATIVE_RAW_MEDIA_H_
#define NATIVE_RAW_MEDIA_H_

#include <napi.h>

#include "native/runtime/runtime.h"

namespace node_libwebrtc {

// Registers the handles of raw media, and puts the functions that make them on the addon.
void RegisterRawMedia(Runtime& runtime, Napi::Object exports);

}  // namespace node_libwebrtc

#endif  // NATIVE_RAW_MEDIA_H_
