#ifndef NATIVE_VIDEO_BUFFER_H_
#define NATIVE_VIDEO_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/scoped_refptr.h"
#include "api/video/color_space.h"
#include "api/video/video_frame_buffer.h"
#include "native/video_buffer_pool.h"

namespace node_libwebrtc {

// `NativePixelFormat` of lib/native_media.ts.
enum class PixelFormat { kI420, kI420A, kI422, kI444, kNV12, kRGBA, kRGBX, kBGRA, kBGRX };

std::optional<PixelFormat> ParsePixelFormat(const std::string& name);
const char* ToString(PixelFormat format);
bool IsRgb(PixelFormat format);

// What libyuv makes of RGB, and so what encoders get: sRGB in the matrix of BT.601 with limited
// range. To be said with each such frame: who receives it takes what is not said for BT.709.
webrtc::ColorSpace ConvertedColorSpace();

// Where a plane lies in somebody's memory.
struct PlaneLayout {
  size_t offset;
  size_t stride;
};

struct VideoRect {
  int x;
  int y;
  int width;
  int height;
};

// No side of a frame may be longer: libwebrtc computes sizes with `int`.
inline constexpr int kMaxVideoDimension = 16384;

// The format in which JS sees a buffer. Formats that JS has no name for are I420 after
// `ToVisibleBuffer`.
PixelFormat FormatOf(const webrtc::VideoFrameBuffer& buffer);
// The buffer itself, or its conversion when JS has no name for its format.
webrtc::scoped_refptr<webrtc::VideoFrameBuffer> ToVisibleBuffer(
    webrtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer);

// How many bytes a buffer holds, more or less.
size_t SizeOf(const webrtc::VideoFrameBuffer& buffer);

// Copies planes into another buffer, of the pool where it has such. Null if they do not lie within
// `data`, or the size is not one of a frame.
webrtc::scoped_refptr<webrtc::VideoFrameBuffer> CreateVideoBuffer(
    PixelFormat format, int width, int height, std::span<const uint8_t> data,
    const std::vector<PlaneLayout>& layout, VideoBufferPool& pool);

// Copies a part of a buffer, converted to `format`. False if the part does not lie within the
// buffer, or its planes not within `destination`.
bool CopyVideoBuffer(webrtc::VideoFrameBuffer& buffer, const webrtc::ColorSpace* color_space,
                     const VideoRect& rect, PixelFormat format, std::span<uint8_t> destination,
                     const std::vector<PlaneLayout>& layout);

}  // namespace node_libwebrtc

#endif  // NATIVE_VIDEO_BUFFER_H_
