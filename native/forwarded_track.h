#ifndef NATIVE_FORWARDED_TRACK_H_
#define NATIVE_FORWARDED_TRACK_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "api/media_stream_interface.h"
#include "api/scoped_refptr.h"
#include "api/video/video_frame.h"
#include "media/base/adapted_video_track_source.h"
#include "native/forwarded_picture.h"
#include "rtc_base/timestamp_aligner.h"

namespace node_libwebrtc {

// Gives pictures that are encoded already to the encoder of one sender.
class ForwardedVideoSource : public webrtc::AdaptedVideoTrackSource {
 public:
  // One call at a time, on any thread.
  void Push(std::shared_ptr<const ForwardedPicture> picture,
            webrtc::scoped_refptr<ForwardingLink> link);

  // webrtc::VideoTrackSourceInterface
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }
  bool is_screencast() const override { return false; }
  std::optional<bool> needs_denoising() const override { return std::nullopt; }

 private:
  // Used by `Push` only.
  std::optional<uint32_t> last_rtp_timestamp_;
  int64_t ticks_ = 0;
  webrtc::TimestampAligner aligner_;
};

// What a forwarding sender is given to send. On the JS thread.
webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateForwardedTrack(
    webrtc::scoped_refptr<ForwardedVideoSource> source);
// A track that never has anything to encode.
webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateIdleAudioTrack();

}  // namespace node_libwebrtc

#endif  // NATIVE_FORWARDED_TRACK_H_
