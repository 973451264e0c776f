#ifndef NATIVE_VIDEO_BUFFER_POOL_H_
#define NATIVE_VIDEO_BUFFER_POOL_H_

#include <cstddef>

#include "api/scoped_refptr.h"
#include "api/video/i420_buffer.h"
#include "api/video/nv12_buffer.h"
#include "common_video/include/video_frame_buffer_pool.h"

namespace node_libwebrtc {

// Buffers that are used again when nobody has them any more: memory that the system has just given
// costs more than copying a picture into it. Only the thread that it belongs to may call anything;
// the buffers may go anywhere.
class VideoBufferPool final {
 public:
  // Never null. What is in it is not defined.
  webrtc::scoped_refptr<webrtc::I420Buffer> CreateI420(int width, int height);
  webrtc::scoped_refptr<webrtc::NV12Buffer> CreateNv12(int width, int height);

 private:
  // As many buffers as `kMaxBytes` allows.
  void Resize(size_t buffer_bytes);

  webrtc::VideoFrameBufferPool pool_{/*zero_initialize=*/false};
};

}  // namespace node_libwebrtc

#endif  // NATIVE_VIDEO_BUFFER_POOL_H_
