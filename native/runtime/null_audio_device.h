#ifndef NATIVE_RUNTIME_NULL_AUDIO_DEVICE_H_
#define NATIVE_RUNTIME_NULL_AUDIO_DEVICE_H_

#include "api/audio/audio_device.h"
#include "modules/audio_device/include/audio_device_default.h"

namespace node_libwebrtc {

// No sound card, no thread, no sound.
using NullAudioDevice = webrtc::webrtc_impl::AudioDeviceModuleDefault<webrtc::AudioDeviceModule>;

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_NULL_AUDIO_DEVICE_H_
