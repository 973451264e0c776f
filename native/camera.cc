#include "native/camera.h"

#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "api/video/color_space.h"
#include "api/video/i420_buffer.h"
#include "api/video/video_frame.h"
#include "common_video/libyuv/include/webrtc_libyuv.h"
#include "libyuv/convert.h"
#include "modules/video_capture/raw_video_sink_interface.h"
#include "modules/video_capture/video_capture.h"
#include "modules/video_capture/video_capture_factory.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/jpeg/decoder.h"
#include "native/runtime/exit_guard.h"
#include "native/runtime/runtime.h"
#include "native/video_buffer.h"
#include "native/video_buffer_pool.h"
#include "native/video_source.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"
#include "rtc_base/time_utils.h"

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
                     private webrtc::RawVideoSinkInterface,
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
    device_->RegisterCaptureDataCallback(static_cast<webrtc::RawVideoSinkInterface*>(this));
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

  // What the camera gives, on the thread that waits for it.
  int32_t OnRawFrame(uint8_t* data, size_t size, const VideoCaptureCapability& format,
                     webrtc::VideoRotation rotation, int64_t) override {
    const bool is_jpeg = format.videoType == webrtc::VideoType::kMJPEG;
    const webrtc::scoped_refptr<webrtc::I420Buffer> buffer =
        is_jpeg ? jpeg_.Decode({data, size}, format.width, format.height, buffers_)
                : Convert({data, size}, format);
    if (!buffer) {
      consumers()->ForEach([](VideoConsumer& consumer) { consumer.OnDiscardedFrame(); });
      return -1;
    }
    webrtc::VideoFrame::Builder frame;
    frame.set_video_frame_buffer(buffer)
        .set_timestamp_us(webrtc::TimeMicros())
        .set_rotation(rotation);
    if (is_jpeg) frame.set_color_space(JpegColorSpace());
    const webrtc::VideoFrame built = frame.build();
    consumers()->ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(built); });
    return 0;
  }

  // Null when there is less than a picture.
  webrtc::scoped_refptr<webrtc::I420Buffer> Convert(std::span<const uint8_t> data,
                                                    const VideoCaptureCapability& format) {
    const int width = format.width, height = format.height;
    if (data.size() < webrtc::CalcBufferSize(format.videoType, width, height)) return nullptr;
    webrtc::scoped_refptr<webrtc::I420Buffer> buffer = buffers_.CreateI420(width, height);
    const int error = libyuv::ConvertToI420(
        data.data(), data.size(), buffer->MutableDataY(), buffer->StrideY(), buffer->MutableDataU(),
        buffer->StrideU(), buffer->MutableDataV(), buffer->StrideV(), 0, 0, width, height, width,
        height, libyuv::kRotate0,
        static_cast<uint32_t>(webrtc::ConvertVideoType(format.videoType)));
    return error == 0 ? buffer : nullptr;
  }

  // JFIF (ITU-T T.871) has the matrix of BT.601 and the whole range.
  static webrtc::ColorSpace JpegColorSpace() {
    using webrtc::ColorSpace;
    return {ColorSpace::PrimaryID::kBT709, ColorSpace::TransferID::kIEC61966_2_1,
            ColorSpace::MatrixID::kSMPTE170M, ColorSpace::RangeID::kFull};
  }

  // ExitGuard::Member
  void Abandon() override { StopDevice(); }

  webrtc::Mutex mutex_;
  // Null when stopped.
  webrtc::scoped_refptr<VideoCaptureModule> device_ RTC_GUARDED_BY(mutex_);

  // Of the thread that waits for the device.
  VideoBufferPool buffers_;
  JpegDecoder jpeg_;
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
  // The device's own format that comes nearest, whatever its pixels are; they are converted.
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
