#include "native/video_frame.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "native/bridge/bytes.h"
#include "native/bridge/convert.h"
#include "native/bridge/handle.h"
#include "native/bridge/transfer_table.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

using Table = TransferTable<VisibleFrame>;
using ColorSpaceId = webrtc::ColorSpace;

// Type tags tell handles of this class from any other object a script may give.
constexpr napi_type_tag kTypeTag = {0x766964656f667261, 0x6d652d68616e646c};

// Further than any clock goes, and exact as a double.
constexpr int64_t kMaxTimestamp = int64_t{1} << 53;

template <typename Id>
struct Name {
  Id id;
  const char* name;
};

constexpr Name<ColorSpaceId::PrimaryID> kPrimaries[] = {
    {ColorSpaceId::PrimaryID::kBT709, "bt709"},
    {ColorSpaceId::PrimaryID::kBT470BG, "bt470bg"},
    {ColorSpaceId::PrimaryID::kSMPTE170M, "smpte170m"},
    {ColorSpaceId::PrimaryID::kBT2020, "bt2020"},
    {ColorSpaceId::PrimaryID::kSMPTEST432, "smpte432"}};
constexpr Name<ColorSpaceId::TransferID> kTransfers[] = {
    {ColorSpaceId::TransferID::kBT709, "bt709"},
    {ColorSpaceId::TransferID::kSMPTE170M, "smpte170m"},
    {ColorSpaceId::TransferID::kIEC61966_2_1, "iec61966-2-1"},
    {ColorSpaceId::TransferID::kLINEAR, "linear"},
    {ColorSpaceId::TransferID::kSMPTEST2084, "pq"},
    {ColorSpaceId::TransferID::kARIB_STD_B67, "hlg"}};
constexpr Name<ColorSpaceId::MatrixID> kMatrices[] = {
    {ColorSpaceId::MatrixID::kRGB, "rgb"},
    {ColorSpaceId::MatrixID::kBT709, "bt709"},
    {ColorSpaceId::MatrixID::kBT470BG, "bt470bg"},
    {ColorSpaceId::MatrixID::kSMPTE170M, "smpte170m"},
    {ColorSpaceId::MatrixID::kBT2020_NCL, "bt2020-ncl"}};

template <typename Id, size_t size>
napi_value NameOf(napi_env env, const Name<Id> (&names)[size], Id id) {
  for (const Name<Id>& entry : names) {
    if (entry.id == id) return ToJs(env, entry.name);
  }
  return Null(env);
}

template <typename Id, size_t size>
Id IdOf(napi_env env, const Name<Id> (&names)[size], napi_value name, Id otherwise) {
  const std::optional<std::string> text = ReadString(env, name);
  for (const Name<Id>& entry : names) {
    if (text == entry.name) return entry.id;
  }
  return otherwise;
}

std::optional<webrtc::ColorSpace> ReadColorSpace(napi_env env, napi_value value) {
  napi_valuetype type;
  if (!value || napi_typeof(env, value, &type) != napi_ok || type != napi_object) {
    return std::nullopt;
  }
  const std::optional<bool> full_range = ReadBool(env, Member(env, value, "fullRange"));
  return webrtc::ColorSpace(
      IdOf(env, kPrimaries, Member(env, value, "primaries"), ColorSpaceId::PrimaryID::kUnspecified),
      IdOf(env, kTransfers, Member(env, value, "transfer"), ColorSpaceId::TransferID::kUnspecified),
      IdOf(env, kMatrices, Member(env, value, "matrix"), ColorSpaceId::MatrixID::kUnspecified),
      !full_range   ? ColorSpaceId::RangeID::kInvalid
      : *full_range ? ColorSpaceId::RangeID::kFull
                    : ColorSpaceId::RangeID::kLimited);
}

std::optional<VideoRect> ReadRect(napi_env env, napi_value value) {
  const auto read = [&](const char* name) {
    return ReadInteger(env, Member(env, value, name), 0, kMaxVideoDimension);
  };
  const auto x = read("x"), y = read("y"), width = read("width"), height = read("height");
  if (!x || !y || !width || !height) return std::nullopt;
  return VideoRect{.x = static_cast<int>(*x),
                   .y = static_cast<int>(*y),
                   .width = static_cast<int>(*width),
                   .height = static_cast<int>(*height)};
}

bool Contains(int width, int height, const VideoRect& rect) {
  return rect.width > 0 && rect.height > 0 && rect.x <= width - rect.width &&
         rect.y <= height - rect.height;
}

std::vector<PlaneLayout> ReadLayout(napi_env env, napi_value value) {
  std::vector<PlaneLayout> layout;
  for (napi_value plane : ReadArray(env, value)) {
    const auto offset = ReadInteger(env, Member(env, plane, "offset"), 0, kMaxTimestamp);
    const auto stride =
        ReadInteger(env, Member(env, plane, "stride"), 1, std::numeric_limits<int>::max());
    if (!offset || !stride) return {};
    layout.push_back(
        {.offset = static_cast<size_t>(*offset), .stride = static_cast<size_t>(*stride)});
  }
  return layout;
}

napi_value Throw(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
  return Undefined(env);
}

std::optional<int64_t> ReceivedAt(const webrtc::VideoFrame& frame) {
  std::optional<int64_t> last;
  for (const webrtc::RtpPacketInfo& packet : frame.packet_infos()) {
    if (!packet.receive_time().IsFinite()) continue;
    last = std::max(last.value_or(0), packet.receive_time().us());
  }
  return last;
}

Napi::Value NewFrame(Runtime& runtime, VisibleFrame frame) {
  return NewHandle<VideoFrameHandle>(runtime, {std::move(frame)});
}

// What is on its way when an environment ends never arrives.
void DropAll(void* runtime) { Table::Get().Drop(runtime); }

}  // namespace

void VideoFrameHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceAccessor<&VideoFrameHandle::Format>("format"),
                                  InstanceAccessor<&VideoFrameHandle::CodedWidth>("codedWidth"),
                                  InstanceAccessor<&VideoFrameHandle::CodedHeight>("codedHeight"),
                                  InstanceAccessor<&VideoFrameHandle::Visible>("visibleRect"),
                                  InstanceAccessor<&VideoFrameHandle::Timestamp>("timestamp"),
                                  InstanceAccessor<&VideoFrameHandle::Rotation>("rotation"),
                                  InstanceAccessor<&VideoFrameHandle::RtpTimestamp>("rtpTimestamp"),
                                  InstanceMethod<&VideoFrameHandle::Times>("times"),
                                  InstanceAccessor<&VideoFrameHandle::ColorSpace>("colorSpace"),
                                  InstanceMethod<&VideoFrameHandle::CopyTo>("copyTo"),
                                  InstanceMethod<&VideoFrameHandle::Clone>("clone"),
                                  InstanceMethod<&VideoFrameHandle::Close>("close"),
                                  InstanceMethod<&VideoFrameHandle::Release>("release"),
                              }));
  napi_add_env_cleanup_hook(runtime.env(), &DropAll, &runtime);
}

Napi::Value VideoFrameHandle::New(Runtime& runtime, webrtc::VideoFrame frame) {
  const VideoRect whole{.x = 0, .y = 0, .width = frame.width(), .height = frame.height()};
  return NewFrame(runtime, {.frame = std::move(frame), .visible = whole});
}

VideoFrameHandle* VideoFrameHandle::From(Napi::Env env, napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value));
}

Napi::Value VideoFrameHandle::Create(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto bytes = ReadBytes(env, info[0]);
  const napi_value init = info[1];
  const auto format = ParsePixelFormat(ReadString(env, Member(env, init, "format")).value_or(""));
  const auto width = ReadInteger(env, Member(env, init, "codedWidth"), 1, kMaxVideoDimension);
  const auto height = ReadInteger(env, Member(env, init, "codedHeight"), 1, kMaxVideoDimension);
  const auto timestamp =
      ReadInteger(env, Member(env, init, "timestamp"), -kMaxTimestamp, kMaxTimestamp);
  const auto rotation = ReadInteger(env, Member(env, init, "rotation"), 0, 270).value_or(0);
  if (!bytes || !format || !width || !height || !timestamp || rotation % 90 != 0) {
    return {env, Throw(env, "Not a video frame")};
  }
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer = CreateVideoBuffer(
      *format, static_cast<int>(*width), static_cast<int>(*height), *bytes,
      ReadLayout(env, Member(env, init, "layout")), Runtime::From(env)->video_buffers());
  if (!buffer) return {env, Throw(env, "The planes do not lie within the data")};
  const VideoRect whole{.x = 0, .y = 0, .width = buffer->width(), .height = buffer->height()};
  const VideoRect visible = ReadRect(env, Member(env, init, "visibleRect")).value_or(whole);
  if (!Contains(whole.width, whole.height, visible)) {
    return {env, Throw(env, "The visible rectangle does not lie within the frame")};
  }
  webrtc::VideoFrame frame =
      webrtc::VideoFrame::Builder()
          .set_video_frame_buffer(buffer)
          .set_timestamp_us(*timestamp)
          .set_rotation(static_cast<webrtc::VideoRotation>(rotation))
          .set_color_space(IsRgb(*format) ? ConvertedColorSpace()
                                          : ReadColorSpace(env, Member(env, init, "colorSpace")))
          .build();
  return NewFrame(*Runtime::From(env), {.frame = std::move(frame), .visible = visible});
}

Napi::Value VideoFrameHandle::Adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint64_t token = 0;
  bool lossless = false;
  std::optional<VisibleFrame> frame;
  if (info[0].IsBigInt() &&
      napi_get_value_bigint_uint64(env, info[0], &token, &lossless) == napi_ok && lossless) {
    frame = Table::Get().Take(token);
  }
  if (!frame) return {env, Throw(env, "The frame has been taken, or its sender has gone")};
  return NewFrame(*Runtime::From(env), *std::move(frame));
}

VideoFrameHandle::VideoFrameHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<VideoFrameHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  webrtc::VideoFrame& frame = init->frame.frame;
  frame.set_video_frame_buffer(ToVisibleBuffer(frame.video_frame_buffer()));
  const PixelFormat format = FormatOf(*frame.video_frame_buffer());
  attributes_ = {.format = format,
                 .width = frame.width(),
                 .height = frame.height(),
                 .visible = init->frame.visible,
                 .timestamp_us = frame.timestamp_us(),
                 .rotation = static_cast<int>(frame.rotation()),
                 .rtp_timestamp = frame.rtp_timestamp(),
                 .received_us = ReceivedAt(frame),
                 .captured_ntp_ms = frame.packet_infos().empty() ? 0 : frame.ntp_time_ms(),
                 .color_space = IsRgb(format) ? std::nullopt : frame.color_space()};
  frame_ = std::move(frame);
  // The collector would else see a small object, and let pictures pile up. Not all bytes, because
  // buffers are shared, and a collection for every few frames of a burst would cost more than they
  // do.
  external_bytes_ = SizeOf(*frame_->video_frame_buffer()) / 4;
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), static_cast<int64_t>(external_bytes_));
}

VideoFrameHandle::~VideoFrameHandle() { LetGo(); }

std::optional<webrtc::VideoFrame> VideoFrameHandle::ForTrack() const {
  if (!frame_) return std::nullopt;
  const VideoRect& visible = attributes_->visible;
  webrtc::VideoFrame frame = *frame_;
  if (visible.width != attributes_->width || visible.height != attributes_->height) {
    // Where chroma is subsampled, a crop begins at an even place.
    frame.set_video_frame_buffer(
        frame.video_frame_buffer()->CropAndScale(visible.x & ~1, visible.y & ~1, visible.width,
                                                 visible.height, visible.width, visible.height));
  }
  return frame;
}

bool VideoFrameHandle::IsOpen(Napi::Env env) const {
  if (frame_) return true;
  Throw(env, "The frame is closed");
  return false;
}

void VideoFrameHandle::LetGo() {
  if (!frame_) return;
  frame_.reset();
  Napi::MemoryManagement::AdjustExternalMemory(Env(), -static_cast<int64_t>(external_bytes_));
}

// ---- `NativeVideoFrame`

Napi::Value VideoFrameHandle::Format(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), ToString(attributes_->format))};
}

Napi::Value VideoFrameHandle::CodedWidth(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_->width)};
}

Napi::Value VideoFrameHandle::CodedHeight(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_->height)};
}

Napi::Value VideoFrameHandle::Visible(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const VideoRect& rect = attributes_->visible;
  return {env, MakeObject(env, {{"x", ToJs(env, rect.x)},
                                {"y", ToJs(env, rect.y)},
                                {"width", ToJs(env, rect.width)},
                                {"height", ToJs(env, rect.height)}})};
}

Napi::Value VideoFrameHandle::Timestamp(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), static_cast<double>(attributes_->timestamp_us))};
}

Napi::Value VideoFrameHandle::Rotation(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), attributes_->rotation)};
}

Napi::Value VideoFrameHandle::RtpTimestamp(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const uint32_t timestamp = attributes_->rtp_timestamp;
  // libwebrtc has no other mark for a frame that came from nowhere.
  return {env, timestamp == 0 ? Null(env) : ToJs(env, timestamp)};
}

Napi::Value VideoFrameHandle::Times(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  // From 1900 to 1970.
  constexpr int64_t kNtpToUnixMs = 2'208'988'800'000;
  const auto number = [env](int64_t value) { return ToJs(env, static_cast<double>(value)); };
  const auto& received = attributes_->received_us;
  const int64_t captured = attributes_->captured_ntp_ms;
  return {env,
          MakeObject(env, {{"received", received ? number(*received) : Null(env)},
                           {"captured", captured > 0 ? number(captured - kNtpToUnixMs) : Null(env)},
                           {"now", number(webrtc::TimeMicros())}})};
}

Napi::Value VideoFrameHandle::ColorSpace(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::optional<webrtc::ColorSpace>& space = attributes_->color_space;
  if (!space) return env.Null();
  const bool has_range = space->range() == ColorSpaceId::RangeID::kFull ||
                         space->range() == ColorSpaceId::RangeID::kLimited;
  return {env,
          MakeObject(env, {{"primaries", NameOf(env, kPrimaries, space->primaries())},
                           {"transfer", NameOf(env, kTransfers, space->transfer())},
                           {"matrix", NameOf(env, kMatrices, space->matrix())},
                           {"fullRange",
                            has_range ? ToJs(env, space->range() == ColorSpaceId::RangeID::kFull)
                                      : Null(env)}})};
}

void VideoFrameHandle::CopyTo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!IsOpen(env)) return;
  const auto destination = ReadBytes(env, info[0]);
  const auto format = ParsePixelFormat(ReadString(env, info[1]).value_or(""));
  const auto rect = ReadRect(env, info[2]);
  if (!destination || !format || !rect ||
      !CopyVideoBuffer(*frame_->video_frame_buffer(),
                       attributes_->color_space ? &*attributes_->color_space : nullptr, *rect,
                       *format, *destination, ReadLayout(env, info[3]))) {
    Throw(env, "The frame does not fit");
  }
}

Napi::Value VideoFrameHandle::Clone(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  VisibleFrame clone{.frame = *frame_, .visible = attributes_->visible};
  if (const auto timestamp = ReadInteger(env, info[0], -kMaxTimestamp, kMaxTimestamp)) {
    clone.frame.set_timestamp_us(*timestamp);
  }
  if (const auto visible = ReadRect(env, info[1])) {
    if (!Contains(attributes_->width, attributes_->height, *visible)) {
      return {env, Throw(env, "The visible rectangle does not lie within the frame")};
    }
    clone.visible = *visible;
  }
  if (const auto rotation = ReadInteger(env, info[2], 0, 270); rotation && *rotation % 90 == 0) {
    clone.frame.set_rotation(static_cast<webrtc::VideoRotation>(*rotation));
  }
  return NewFrame(*Runtime::From(env), std::move(clone));
}

void VideoFrameHandle::Close(const Napi::CallbackInfo&) { LetGo(); }

void VideoFrameHandle::DropTransfers(Runtime& runtime, int64_t group) {
  Table::Get().Drop(&runtime, group);
}

Napi::Value VideoFrameHandle::Release(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  const uint64_t token = Table::Get().Put(Runtime::From(env).get(),
                                          {.frame = *frame_, .visible = attributes_->visible},
                                          ReadInteger(env, info[0], 0, kMaxTimestamp).value_or(0));
  LetGo();
  return Napi::BigInt::New(env, token);
}

}  // namespace node_libwebrtc
