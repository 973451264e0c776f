#include "native/video_buffer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "api/make_ref_counted.h"
#include "api/video/i420_buffer.h"
#include "api/video/i422_buffer.h"
#include "api/video/i444_buffer.h"
#include "api/video/nv12_buffer.h"
#include "libyuv/convert.h"
#include "libyuv/convert_argb.h"
#include "libyuv/convert_from.h"
#include "libyuv/convert_from_argb.h"
#include "libyuv/planar_functions.h"
#include "libyuv/row.h"
#include "libyuv/scale_argb.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

using Type = webrtc::VideoFrameBuffer::Type;

constexpr std::array<const char*, 9> kNames = {"I420", "I420A", "I422", "I444", "NV12",
                                               "RGBA", "RGBX",  "BGRA", "BGRX"};

// How a plane is made: one sample for so many pixels, and its bytes.
struct PlaneShape {
  int pixels_x;
  int pixels_y;
  int sample_bytes;
};

std::span<const PlaneShape> ShapesOf(PixelFormat format) {
  static constexpr PlaneShape kQuarter[] = {{1, 1, 1}, {2, 2, 1}, {2, 2, 1}, {1, 1, 1}};
  static constexpr PlaneShape kHalf[] = {{1, 1, 1}, {2, 1, 1}, {2, 1, 1}};
  static constexpr PlaneShape kFull[] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
  static constexpr PlaneShape kInterleaved[] = {{1, 1, 1}, {2, 2, 2}};
  static constexpr PlaneShape kPacked[] = {{1, 1, 4}};
  switch (format) {
    case PixelFormat::kI420:
      return std::span(kQuarter).first(3);
    case PixelFormat::kI420A:
      return kQuarter;
    case PixelFormat::kI422:
      return kHalf;
    case PixelFormat::kI444:
      return kFull;
    case PixelFormat::kNV12:
      return kInterleaved;
    default:
      return kPacked;
  }
}

bool HasRedFirst(PixelFormat format) {
  return format == PixelFormat::kRGBA || format == PixelFormat::kRGBX;
}
bool HasAlpha(PixelFormat format) {
  return format == PixelFormat::kI420A || format == PixelFormat::kRGBA ||
         format == PixelFormat::kBGRA;
}

size_t RowBytes(const PlaneShape& shape, int width) {
  return static_cast<size_t>((width + shape.pixels_x - 1) / shape.pixels_x) * shape.sample_bytes;
}
int Rows(const PlaneShape& shape, int height) {
  return (height + shape.pixels_y - 1) / shape.pixels_y;
}

// Whether a picture's planes lie within so many bytes.
bool Fits(PixelFormat format, int width, int height, size_t size,
          const std::vector<PlaneLayout>& layout) {
  const std::span<const PlaneShape> shapes = ShapesOf(format);
  if (layout.size() < shapes.size()) return false;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const size_t row_bytes = RowBytes(shapes[i], width);
    const size_t rows = static_cast<size_t>(Rows(shapes[i], height));
    // Strides are at most 2^31 and rows 2^14: nothing here overflows.
    const size_t end = layout[i].stride * (rows - 1) + row_bytes;
    if (layout[i].stride < row_bytes || layout[i].offset > size || end > size - layout[i].offset) {
      return false;
    }
  }
  return true;
}

bool IsFrameSize(int width, int height) {
  return width > 0 && height > 0 && width <= kMaxVideoDimension && height <= kMaxVideoDimension;
}

template <typename Byte>
struct Plane {
  Byte* data = nullptr;
  int stride = 0;
};

template <typename Byte>
using Planes = std::array<Plane<Byte>, 4>;

// I420 with an alpha plane.
class I420ABuffer : public webrtc::I420ABufferInterface {
 public:
  I420ABuffer(int width, int height)
      : color_(webrtc::I420Buffer::Create(width, height)),
        alpha_(std::make_unique<uint8_t[]>(static_cast<size_t>(width) * height)) {}

  int width() const override { return color_->width(); }
  int height() const override { return color_->height(); }
  int StrideY() const override { return color_->StrideY(); }
  int StrideU() const override { return color_->StrideU(); }
  int StrideV() const override { return color_->StrideV(); }
  int StrideA() const override { return color_->width(); }
  const uint8_t* DataY() const override { return color_->DataY(); }
  const uint8_t* DataU() const override { return color_->DataU(); }
  const uint8_t* DataV() const override { return color_->DataV(); }
  const uint8_t* DataA() const override { return alpha_.get(); }

  webrtc::I420Buffer& color() { return *color_; }
  uint8_t* alpha() { return alpha_.get(); }

 private:
  const webrtc::scoped_refptr<webrtc::I420Buffer> color_;
  const std::unique_ptr<uint8_t[]> alpha_;
};

// Packed pixels, which libwebrtc has no buffer for. They are converted when an encoder asks, and
// once for all encoders.
class RgbBuffer : public webrtc::VideoFrameBuffer {
 public:
  RgbBuffer(PixelFormat format, int width, int height)
      : format_(format),
        width_(width),
        height_(height),
        pixels_(
            std::make_unique_for_overwrite<uint8_t[]>(static_cast<size_t>(width) * height * 4)) {}

  PixelFormat format() const { return format_; }
  const uint8_t* data() const { return pixels_.get(); }
  uint8_t* mutable_data() { return pixels_.get(); }
  int stride() const { return width_ * 4; }

  Type type() const override { return Type::kNative; }
  int width() const override { return width_; }
  int height() const override { return height_; }

  webrtc::scoped_refptr<webrtc::I420BufferInterface> ToI420() override {
    webrtc::MutexLock lock(&mutex_);
    if (!converted_) {
      auto buffer = webrtc::I420Buffer::Create(width_, height_);
      // libyuv names the bytes from the last to the first.
      const auto convert = HasRedFirst(format_) ? &libyuv::ABGRToI420 : &libyuv::ARGBToI420;
      convert(data(), stride(), buffer->MutableDataY(), buffer->StrideY(), buffer->MutableDataU(),
              buffer->StrideU(), buffer->MutableDataV(), buffer->StrideV(), width_, height_);
      converted_ = std::move(buffer);
    }
    return converted_;
  }

  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> CropAndScale(int offset_x, int offset_y,
                                                               int crop_width, int crop_height,
                                                               int scaled_width,
                                                               int scaled_height) override {
    auto scaled = webrtc::make_ref_counted<RgbBuffer>(format_, scaled_width, scaled_height);
    libyuv::ARGBScale(data() + static_cast<size_t>(offset_y) * stride() + offset_x * 4, stride(),
                      crop_width, crop_height, scaled->mutable_data(), scaled->stride(),
                      scaled_width, scaled_height, libyuv::kFilterBox);
    return scaled;
  }

 private:
  const PixelFormat format_;
  const int width_;
  const int height_;
  const std::unique_ptr<uint8_t[]> pixels_;
  webrtc::Mutex mutex_;
  webrtc::scoped_refptr<webrtc::I420BufferInterface> converted_ RTC_GUARDED_BY(mutex_);
};

template <typename Buffer>
Planes<const uint8_t> PlanarView(const Buffer& buffer) {
  return {{{buffer.DataY(), buffer.StrideY()},
           {buffer.DataU(), buffer.StrideU()},
           {buffer.DataV(), buffer.StrideV()},
           {}}};
}

template <typename Buffer>
Planes<uint8_t> MutablePlanarView(Buffer& buffer) {
  return {{{buffer.MutableDataY(), buffer.StrideY()},
           {buffer.MutableDataU(), buffer.StrideU()},
           {buffer.MutableDataV(), buffer.StrideV()},
           {}}};
}

// Of a buffer whose format JS knows.
Planes<const uint8_t> ViewOf(const webrtc::VideoFrameBuffer& buffer) {
  switch (buffer.type()) {
    case Type::kI420A: {
      const webrtc::I420ABufferInterface& with_alpha = *buffer.GetI420A();
      Planes<const uint8_t> planes = PlanarView(with_alpha);
      planes[3] = {with_alpha.DataA(), with_alpha.StrideA()};
      return planes;
    }
    case Type::kI422:
      return PlanarView(*buffer.GetI422());
    case Type::kI444:
      return PlanarView(*buffer.GetI444());
    case Type::kNV12:
      return {{{buffer.GetNV12()->DataY(), buffer.GetNV12()->StrideY()},
               {buffer.GetNV12()->DataUV(), buffer.GetNV12()->StrideUV()},
               {},
               {}}};
    case Type::kNative: {
      // All native buffers of this process are ours.
      const auto& rgb = static_cast<const RgbBuffer&>(buffer);
      return {{{rgb.data(), rgb.stride()}, {}, {}, {}}};
    }
    default:
      return PlanarView(*buffer.GetI420());
  }
}

// The planes of a picture at a place of another one.
template <typename Byte>
Planes<Byte> At(Planes<Byte> planes, PixelFormat format, int x, int y) {
  const std::span<const PlaneShape> shapes = ShapesOf(format);
  for (size_t i = 0; i < shapes.size(); ++i) {
    planes[i].data += static_cast<ptrdiff_t>(y / shapes[i].pixels_y) * planes[i].stride +
                      static_cast<ptrdiff_t>(x / shapes[i].pixels_x) * shapes[i].sample_bytes;
  }
  return planes;
}

Planes<uint8_t> Destination(PixelFormat format, std::span<uint8_t> bytes,
                            const std::vector<PlaneLayout>& layout) {
  Planes<uint8_t> planes;
  for (size_t i = 0; i < ShapesOf(format).size(); ++i) {
    planes[i] = {bytes.data() + layout[i].offset, static_cast<int>(layout[i].stride)};
  }
  return planes;
}

void CopyPlanes(PixelFormat format, const Planes<const uint8_t>& source,
                const Planes<uint8_t>& destination, int width, int height) {
  const std::span<const PlaneShape> shapes = ShapesOf(format);
  for (size_t i = 0; i < shapes.size(); ++i) {
    libyuv::CopyPlane(source[i].data, source[i].stride, destination[i].data, destination[i].stride,
                      static_cast<int>(RowBytes(shapes[i], width)), Rows(shapes[i], height));
  }
}

// libyuv's coefficients for blue first (`yuv`) and for red first (`yvu`).
struct Coefficients {
  const libyuv::YuvConstants* yuv;
  const libyuv::YuvConstants* yvu;
};

Coefficients CoefficientsFor(const webrtc::ColorSpace* color_space) {
  using libyuv::kYuvI601Constants;
  const bool full = color_space && color_space->range() == webrtc::ColorSpace::RangeID::kFull;
  switch (color_space ? color_space->matrix() : webrtc::ColorSpace::MatrixID::kUnspecified) {
    case webrtc::ColorSpace::MatrixID::kBT709:
      if (full) return {&libyuv::kYuvF709Constants, &libyuv::kYvuF709Constants};
      return {&libyuv::kYuvH709Constants, &libyuv::kYvuH709Constants};
    case webrtc::ColorSpace::MatrixID::kBT2020_NCL:
      if (full) return {&libyuv::kYuvV2020Constants, &libyuv::kYvuV2020Constants};
      return {&libyuv::kYuv2020Constants, &libyuv::kYvu2020Constants};
    default:
      if (full) return {&libyuv::kYuvJPEGConstants, &libyuv::kYvuJPEGConstants};
      return {&libyuv::kYuvI601Constants, &libyuv::kYvuI601Constants};
  }
}

void FillAlpha(const Plane<uint8_t>& pixels, int width, int height) {
  for (int y = 0; y < height; ++y) {
    uint8_t* row = pixels.data + static_cast<ptrdiff_t>(y) * pixels.stride;
    for (int x = 0; x < width; ++x) row[4 * x + 3] = 255;
  }
}

void ConvertToRgb(PixelFormat from, const Planes<const uint8_t>& source, PixelFormat to,
                  const Plane<uint8_t>& out, const webrtc::ColorSpace* color_space, int width,
                  int height) {
  if (IsRgb(from)) {
    const auto convert =
        HasRedFirst(from) == HasRedFirst(to) ? &libyuv::ARGBCopy : &libyuv::ARGBToABGR;
    convert(source[0].data, source[0].stride, out.data, out.stride, width, height);
    if (!HasAlpha(from) || !HasAlpha(to)) FillAlpha(out, width, height);
    return;
  }
  const Coefficients coefficients = CoefficientsFor(color_space);
  // Red and blue change places when the two planes of chroma do.
  const bool red_first = HasRedFirst(to);
  const libyuv::YuvConstants* matrix = red_first ? coefficients.yvu : coefficients.yuv;
  const Plane<const uint8_t>& y = source[0];
  if (from == PixelFormat::kNV12) {
    const auto convert = red_first ? &libyuv::NV21ToARGBMatrix : &libyuv::NV12ToARGBMatrix;
    convert(y.data, y.stride, source[1].data, source[1].stride, out.data, out.stride, matrix, width,
            height);
    return;
  }
  const Plane<const uint8_t>& u = source[red_first ? 2 : 1];
  const Plane<const uint8_t>& v = source[red_first ? 1 : 2];
  if (from == PixelFormat::kI420A && HasAlpha(to)) {
    libyuv::I420AlphaToARGBMatrix(y.data, y.stride, u.data, u.stride, v.data, v.stride,
                                  source[3].data, source[3].stride, out.data, out.stride, matrix,
                                  width, height, /*attenuate=*/0);
    return;
  }
  const auto convert = from == PixelFormat::kI422   ? &libyuv::I422ToARGBMatrix
                       : from == PixelFormat::kI444 ? &libyuv::I444ToARGBMatrix
                                                    : &libyuv::I420ToARGBMatrix;
  convert(y.data, y.stride, u.data, u.stride, v.data, v.stride, out.data, out.stride, matrix, width,
          height);
}

// From I420.
void ConvertToYuv(const Planes<const uint8_t>& source, PixelFormat to, const Planes<uint8_t>& out,
                  int width, int height) {
  const auto& [y, u, v, alpha] = source;
  if (to == PixelFormat::kNV12) {
    libyuv::I420ToNV12(y.data, y.stride, u.data, u.stride, v.data, v.stride, out[0].data,
                       out[0].stride, out[1].data, out[1].stride, width, height);
    return;
  }
  const auto convert = to == PixelFormat::kI422   ? &libyuv::I420ToI422
                       : to == PixelFormat::kI444 ? &libyuv::I420ToI444
                                                  : &libyuv::I420Copy;
  convert(y.data, y.stride, u.data, u.stride, v.data, v.stride, out[0].data, out[0].stride,
          out[1].data, out[1].stride, out[2].data, out[2].stride, width, height);
  if (to == PixelFormat::kI420A) {
    libyuv::SetPlane(out[3].data, out[3].stride, width, height, 255);
  }
}

}  // namespace

std::optional<PixelFormat> ParsePixelFormat(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<PixelFormat>(found - kNames.begin());
}

const char* ToString(PixelFormat format) { return kNames[static_cast<size_t>(format)]; }

bool IsRgb(PixelFormat format) { return format >= PixelFormat::kRGBA; }

webrtc::ColorSpace ConvertedColorSpace() {
  return {webrtc::ColorSpace::PrimaryID::kBT709, webrtc::ColorSpace::TransferID::kIEC61966_2_1,
          webrtc::ColorSpace::MatrixID::kSMPTE170M, webrtc::ColorSpace::RangeID::kLimited};
}

PixelFormat FormatOf(const webrtc::VideoFrameBuffer& buffer) {
  switch (buffer.type()) {
    case Type::kI420A:
      return PixelFormat::kI420A;
    case Type::kI422:
      return PixelFormat::kI422;
    case Type::kI444:
      return PixelFormat::kI444;
    case Type::kNV12:
      return PixelFormat::kNV12;
    case Type::kNative:
      return static_cast<const RgbBuffer&>(buffer).format();
    default:
      return PixelFormat::kI420;
  }
}

webrtc::scoped_refptr<webrtc::VideoFrameBuffer> ToVisibleBuffer(
    webrtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer) {
  switch (buffer->type()) {
    case Type::kI010:
    case Type::kI210:
    case Type::kI410:
      return buffer->ToI420();
    default:
      return buffer;
  }
}

size_t SizeOf(const webrtc::VideoFrameBuffer& buffer) {
  size_t size = 0;
  for (const PlaneShape& shape : ShapesOf(FormatOf(buffer))) {
    size += RowBytes(shape, buffer.width()) * Rows(shape, buffer.height());
  }
  return size;
}

webrtc::scoped_refptr<webrtc::VideoFrameBuffer> CreateVideoBuffer(
    PixelFormat format, int width, int height, std::span<const uint8_t> data,
    const std::vector<PlaneLayout>& layout, VideoBufferPool& pool) {
  if (!IsFrameSize(width, height) || !Fits(format, width, height, data.size(), layout)) {
    return nullptr;
  }
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> result;
  Planes<uint8_t> planes;
  switch (format) {
    case PixelFormat::kI420: {
      auto buffer = pool.CreateI420(width, height);
      planes = MutablePlanarView(*buffer);
      result = std::move(buffer);
      break;
    }
    case PixelFormat::kI420A: {
      auto buffer = webrtc::make_ref_counted<I420ABuffer>(width, height);
      planes = MutablePlanarView(buffer->color());
      planes[3] = {buffer->alpha(), width};
      result = std::move(buffer);
      break;
    }
    case PixelFormat::kI422: {
      auto buffer = webrtc::I422Buffer::Create(width, height);
      planes = MutablePlanarView(*buffer);
      result = std::move(buffer);
      break;
    }
    case PixelFormat::kI444: {
      auto buffer = webrtc::I444Buffer::Create(width, height);
      planes = MutablePlanarView(*buffer);
      result = std::move(buffer);
      break;
    }
    case PixelFormat::kNV12: {
      auto buffer = pool.CreateNv12(width, height);
      planes[0] = {buffer->MutableDataY(), buffer->StrideY()};
      planes[1] = {buffer->MutableDataUV(), buffer->StrideUV()};
      result = std::move(buffer);
      break;
    }
    default: {
      auto buffer = webrtc::make_ref_counted<RgbBuffer>(format, width, height);
      planes[0] = {buffer->mutable_data(), buffer->stride()};
      result = std::move(buffer);
      break;
    }
  }
  Planes<const uint8_t> source;
  for (size_t i = 0; i < ShapesOf(format).size(); ++i) {
    source[i] = {data.data() + layout[i].offset, static_cast<int>(layout[i].stride)};
  }
  CopyPlanes(format, source, planes, width, height);
  return result;
}

bool CopyVideoBuffer(webrtc::VideoFrameBuffer& buffer, const webrtc::ColorSpace* color_space,
                     const VideoRect& rect, PixelFormat format, std::span<uint8_t> destination,
                     const std::vector<PlaneLayout>& layout) {
  if (!IsFrameSize(rect.width, rect.height) || rect.x < 0 || rect.y < 0 ||
      rect.x > buffer.width() - rect.width || rect.y > buffer.height() - rect.height ||
      !Fits(format, rect.width, rect.height, destination.size(), layout)) {
    return false;
  }
  const Planes<uint8_t> out = Destination(format, destination, layout);
  const PixelFormat own = FormatOf(buffer);
  if (own == format || IsRgb(format)) {
    const Planes<const uint8_t> source = At(ViewOf(buffer), own, rect.x, rect.y);
    if (own == format) {
      CopyPlanes(format, source, out, rect.width, rect.height);
    } else {
      ConvertToRgb(own, source, format, out[0], color_space, rect.width, rect.height);
    }
    return true;
  }
  const webrtc::scoped_refptr<webrtc::I420BufferInterface> converted = buffer.ToI420();
  if (!converted) return false;
  ConvertToYuv(At(PlanarView(*converted), PixelFormat::kI420, rect.x, rect.y), format, out,
               rect.width, rect.height);
  return true;
}

}  // namespace node_libwebrtc
