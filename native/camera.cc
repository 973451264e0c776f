#include "native/camera.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/select.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "modules/video_capture/video_capture.h"
#include "modules/video_capture/video_capture_factory.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/runtime/exit_guard.h"
#include "native/runtime/runtime.h"
#include "native/video_buffer.h"
#include "native/video_source.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace {

bool IsJpeg(uint32_t pixel_format) {
  return pixel_format == V4L2_PIX_FMT_MJPEG || pixel_format == V4L2_PIX_FMT_JPEG;
}

}  // namespace

// Where a camera gives JPEG libwebrtc takes it for large pictures, but here it has nothing that
// decodes it. So it does not hear of it: the linker puts ours in the place of what it asks by (see
// CMakeLists.txt).
// NOLINTBEGIN(bugprone-reserved-identifier): the linker chooses the names.
extern "C" {
int __real_ioctl(int file, unsigned long request, ...);

int __wrap_ioctl(int file, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (request == VIDIOC_TRY_FMT &&
      IsJpeg(static_cast<const v4l2_format*>(argument)->fmt.pix.pixelformat)) {
    errno = EINVAL;
    return -1;
  }
  const int result = __real_ioctl(file, request, argument);
  if (request == VIDIOC_ENUM_FMT && result == 0) {
    auto* description = static_cast<v4l2_fmtdesc*>(argument);
    // No format at all: the next one is asked for.
    if (IsJpeg(description->pixelformat)) description->pixelformat = 0;
  }
  return result;
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace node_libwebrtc {

namespace {

using webrtc::VideoCaptureCapability;
using webrtc::VideoCaptureFactory;
using webrtc::VideoCaptureModule;

// libwebrtc waits for the device by `select`, which writes past its memory when a process has more
// files than it knows.
bool CanWaitForNextFile() {
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (file >= 0) close(file);
  return file >= 0 && file < FD_SETSIZE;
}

// Each has a thread of libwebrtc's, which waits for the device.
class CameraOrigin : public VideoSourceOrigin,
                     private webrtc::VideoSinkInterface<webrtc::VideoFrame>,
                     private ExitGuard::Member {
 public:
  explicit CameraOrigin(webrtc::scoped_refptr<VideoCaptureModule> device)
      : VideoSourceOrigin(/*is_screencast=*/false, /*needs_denoising=*/std::nullopt),
        device_(std::move(device)) {
    ExitGuard::Add(this);
  }
  ~CameraOrigin() override {
    StopDevice();
    ExitGuard::Remove(this);
  }

  bool Start(const VideoCaptureCapability& capability) {
    if (!CanWaitForNextFile()) return false;
    webrtc::MutexLock lock(&mutex_);
    device_->RegisterCaptureDataCallback(
        static_cast<webrtc::VideoSinkInterface<webrtc::VideoFrame>*>(this));
    return device_->StartCapture(capability) == 0;
  }

  void Stop() override {
    StopDevice();
    VideoSourceOrigin::Stop();
  }

 private:
  void StopDevice() {
    webrtc::scoped_refptr<VideoCaptureModule> device;
    {
      webrtc::MutexLock lock(&mutex_);
      device = std::move(device_);
    }
    if (!device) return;
    device->StopCapture();
    device->DeRegisterCaptureDataCallback();
  }

  void OnFrame(const webrtc::VideoFrame& frame) override {
    consumers()->ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(frame); });
  }

  // ExitGuard::Member
  void Abandon() override { StopDevice(); }

  webrtc::Mutex mutex_;
  // Null when stopped.
  webrtc::scoped_refptr<VideoCaptureModule> device_ RTC_GUARDED_BY(mutex_);
};

napi_value ListFormats(napi_env env, VideoCaptureModule::DeviceInfo& devices, const char* id) {
  // The same size and rate comes once for every pixel format.
  std::set<std::tuple<int, int, int>> formats;
  const int32_t count = devices.NumberOfCapabilities(id);
  for (int32_t i = 0; i < count; ++i) {
    VideoCaptureCapability capability;
    if (devices.GetCapability(id, static_cast<uint32_t>(i), capability) != 0) continue;
    formats.emplace(capability.width, capability.height, capability.maxFPS);
  }
  std::vector<napi_value> result;
  result.reserve(formats.size());
  for (const auto& [width, height, frame_rate] : formats) {
    result.push_back(MakeObject(env, {{"width", ToJs(env, width)},
                                      {"height", ToJs(env, height)},
                                      {"frameRate", ToJs(env, frame_rate)}}));
  }
  return MakeArray(env, result);
}

}  // namespace

Napi::Value ListCameras(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<napi_value> cameras;
  const std::unique_ptr<VideoCaptureModule::DeviceInfo> devices(
      VideoCaptureFactory::CreateDeviceInfo());
  const uint32_t count = devices ? devices->NumberOfDevices() : 0;
  for (uint32_t i = 0; i < count; ++i) {
    std::array<char, webrtc::kVideoCaptureDeviceNameLength> name = {};
    std::array<char, webrtc::kVideoCaptureUniqueNameLength> id = {};
    if (devices->GetDeviceName(i, name.data(), name.size(), id.data(), id.size()) != 0) continue;
    cameras.push_back(MakeObject(env, {{"id", ToJs(env, id.data())},
                                       {"label", ToJs(env, name.data())},
                                       {"formats", ListFormats(env, *devices, id.data())}}));
  }
  return {env, MakeArray(env, cameras)};
}

Napi::Value OpenCamera(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string id = ReadString(env, info[0]).value_or("");
  const auto read = [&](const char* name, int64_t otherwise) {
    return static_cast<int32_t>(
        ReadInteger(env, Member(env, info[1], name), 1, kMaxVideoDimension).value_or(otherwise));
  };
  VideoCaptureCapability wanted;
  wanted.width = read("width", 640);
  wanted.height = read("height", 480);
  wanted.maxFPS = read("frameRate", 30);
  const std::unique_ptr<VideoCaptureModule::DeviceInfo> devices(
      VideoCaptureFactory::CreateDeviceInfo());
  // The device's own format that comes nearest, whatever its pixels are; libwebrtc converts them.
  VideoCaptureCapability capability = wanted;
  webrtc::scoped_refptr<VideoCaptureModule> device;
  if (devices && devices->GetBestMatchedCapability(id.c_str(), wanted, capability) >= 0) {
    device = VideoCaptureFactory::Create(id.c_str());
  }
  if (device) {
    auto origin = webrtc::make_ref_counted<CameraOrigin>(std::move(device));
    if (origin->Start(capability)) {
      return VideoSourceHandle::New(*Runtime::From(env), std::move(origin));
    }
  }
  Throw(env, webrtc::RTCError(webrtc::RTCErrorType::INTERNAL_ERROR, "The camera does not open"));
  return env.Undefined();
}

}  // namespace node_libwebrtc
