#ifndef NATIVE_SYNTHETIC_VIDEO_H_
#define NATIVE_SYNTHETIC_VIDEO_H_

#include <memory>

#include "api/scoped_refptr.h"
#include "native/runtime/media_clock.h"
#include "native/video_source.h"

namespace node_libwebrtc {

struct SyntheticVideoOptions {
  int width;
  int height;
  double frame_rate;
  // A desktop rather than bars of colour.
  bool is_display;
};

// A camera without a lens: a picture in which something moves, with the number of the frame and the
// time of day in digits. It rests while it has no tracks.
webrtc::scoped_refptr<VideoSourceOrigin> CreateSyntheticVideo(std::shared_ptr<MediaClock> clock,
                                                              const SyntheticVideoOptions& options);

}  // namespace node_libwebrtc

#endif  // NATIVE_SYNTHETIC_VIDEO_H_
