#include "native/video_buffer_pool.h"

#include <algorithm>

namespace node_libwebrtc {

namespace {

// What a pool keeps at most while nobody uses it, unless a single picture takes more.
constexpr size_t kMaxBytes = 16 * 1024 * 1024;
constexpr size_t kMaxBuffers = 16;

size_t BytesOf(int width, int height) {
  return static_cast<size_t>(width) * static_cast<size_t>(height) * 3 / 2;
}

}  // namespace

webrtc::scoped_refptr<webrtc::I420Buffer> VideoBufferPool::CreateI420(int width, int height) {
  Resize(BytesOf(width, height));
  if (auto buffer = pool_.CreateI420Buffer(width, height)) return buffer;
  return webrtc::I420Buffer::Create(width, height);
}

webrtc::scoped_refptr<webrtc::NV12Buffer> VideoBufferPool::CreateNv12(int width, int height) {
  Resize(BytesOf(width, height));
  if (auto buffer = pool_.CreateNV12Buffer(width, height)) return buffer;
  return webrtc::NV12Buffer::Create(width, height);
}

void VideoBufferPool::Resize(size_t buffer_bytes) {
  const size_t count =
      std::clamp<size_t>(kMaxBytes / std::max<size_t>(1, buffer_bytes), 1, kMaxBuffers);
  // Fails while more are in use, which were smaller.
  pool_.Resize(count);
}

}  // namespace node_libwebrtc
