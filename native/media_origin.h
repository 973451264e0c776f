#ifndef NATIVE_MEDIA_ORIGIN_H_
#define NATIVE_MEDIA_ORIGIN_H_

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "api/media_stream_interface.h"
#include "api/ref_count.h"
#include "api/transport/rtp/rtp_source.h"
#include "api/video/video_frame.h"
#include "api/video/video_sink_interface.h"
#include "native/recording/encoded_chunk.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Takes frames: a track takes them from its origin, sinks and senders take them from a track.
// Called on whatever thread produces, one call at a time; none may block, or call back into what
// calls it.
class VideoConsumer : public webrtc::VideoSinkInterface<webrtc::VideoFrame> {
 public:
  // OnFrame comes from VideoSinkInterface.

  // Instead of a frame that nobody wanted decoded.
  virtual void OnUndecodedFrame(int /*width*/, int /*height*/) {}

  // Nothing follows. Once.
  virtual void OnEnded() = 0;
};

// The same for blocks of 10 ms of interleaved 16-bit samples, which come through `OnData`, the
// variant with six arguments.
class AudioConsumer : public webrtc::AudioTrackSinkInterface {
 public:
  virtual void OnEnded() = 0;
};

// Hands everything to any number of consumers. Any thread may call anything; what is delivered
// comes from one thread at a time. `Remove` waits for a delivery that is running on another thread:
// after it the consumer may be destroyed.
template <typename Consumer>
class FanOut final {
 public:
  // A consumer that comes too late hears at once that there is nothing more.
  void Add(Consumer* consumer) {
    webrtc::MutexLock lock(&mutex_);
    if (ended_) {
      consumer->OnEnded();
    } else {
      consumers_.push_back(consumer);
    }
  }
  void Remove(Consumer* consumer) {
    webrtc::MutexLock lock(&mutex_);
    std::erase(consumers_, consumer);
  }
  // Calls `deliver(consumer)` for each.
  template <typename Deliver>
  void ForEach(Deliver deliver) {
    webrtc::MutexLock lock(&mutex_);
    for (Consumer* consumer : consumers_) deliver(*consumer);
  }
  // Idempotent. Forgets the consumers.
  void End() {
    webrtc::MutexLock lock(&mutex_);
    if (std::exchange(ended_, true)) return;
    for (Consumer* consumer : std::exchange(consumers_, {})) consumer->OnEnded();
  }
  bool empty() const {
    webrtc::MutexLock lock(&mutex_);
    return consumers_.empty();
  }

 private:
  mutable webrtc::Mutex mutex_;
  std::vector<Consumer*> consumers_ RTC_GUARDED_BY(mutex_);
  bool ended_ RTC_GUARDED_BY(mutex_) = false;
};

// Where the tracks of one source get their media from: a source of the application, a device, or
// the receiver of a remote track. `FanOut` does the work. Any thread may call anything; destroyed
// on any thread.
class MediaOrigin : public webrtc::RefCountInterface {
 public:
  // Tracks are consumers as long as they live, but only some of them have consumers themselves: the
  // origin may rest while there are as many calls of the second as of the first.
  virtual void AddDemand() {}
  virtual void RemoveDemand() {}

  // What comes encoded, from a receiver, can be had as it is. On the JS thread.
  virtual bool has_encoded_media() const { return false; }
  virtual void AddEncodedConsumer(EncodedConsumer* /*consumer*/) {}
  virtual void RemoveEncodedConsumer(EncodedConsumer* /*consumer*/) {}
  virtual void RequestKeyFrame() {}
};

class VideoOrigin : public MediaOrigin {
 public:
  virtual void AddConsumer(VideoConsumer* consumer) = 0;
  // After this the consumer hears nothing more.
  virtual void RemoveConsumer(VideoConsumer* consumer) = 0;
  virtual bool is_screencast() const = 0;
  // Whether encoders that can take out a camera's noise shall do it before they encode; nothing: as
  // libwebrtc likes. It costs much, and what has no such noise loses detail.
  virtual std::optional<bool> needs_denoising() const = 0;
};

class AudioOrigin : public MediaOrigin {
 public:
  virtual void AddConsumer(AudioConsumer* consumer) = 0;
  virtual void RemoveConsumer(AudioConsumer* consumer) = 0;

  // Whose sound comes in, the newest first, while it is taken encoded and nobody wants it decoded;
  // nothing otherwise.
  virtual std::optional<std::vector<webrtc::RtpSource>> undecoded_sources() const {
    return std::nullopt;
  }
};

}  // namespace node_libwebrtc

#endif  // NATIVE_MEDIA_ORIGIN_H_
