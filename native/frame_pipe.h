#ifndef NATIVE_FRAME_PIPE_H_
#define NATIVE_FRAME_PIPE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/frame_transformer_interface.h"
#include "api/make_ref_counted.h"
#include "api/scoped_refptr.h"
#include "native/recording/key_frame_gate.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

using EncodedFrame = std::unique_ptr<webrtc::TransformableFrameInterface>;

// Sees what leaves the transform of a pipe, or came in if there is none. On the thread that the
// pipe is on then, one call at a time; it may not call the pipe.
class FrameTap {
 public:
  // Whether the frame is wanted behind the pipe. A script that only sets the data of frames changes
  // nothing else of them: SSRC, time stamp, payload type, sequence number and receive time are
  // those of the network.
  virtual bool OnFrame(const webrtc::TransformableFrameInterface& frame) = 0;

 protected:
  ~FrameTap() = default;
};

// The same without a say in where the frame goes.
class FrameObserver {
 public:
  virtual void OnFrame(const webrtc::TransformableFrameInterface& frame) = 0;

 protected:
  ~FrameObserver() = default;
};

class FramePipe;
class KeyFrameRequests;

// Changes frames: takes them and gives them, or others, back by `FramePipe::Deliver`, at once or
// later, on any thread. Nothing waits for it.
class FrameTransform : public webrtc::RefCountInterface {
 public:
  // What it is the transform of.
  struct Place {
    // Null when it is the transform of nothing.
    webrtc::scoped_refptr<FramePipe> pipe;
    bool is_video = false;
    // Whether it sees what is sent, before that leaves, or what has been received.
    bool is_sender = false;
    // Of a sender: tells what the peer wants.
    std::shared_ptr<KeyFrameRequests> key_frame_requests = nullptr;
  };

  // On the thread of the pipe's environment.
  virtual void SetPlace(Place place) = 0;
  // On libwebrtc's thread, or on that of whoever injects.
  virtual void Transform(EncodedFrame frame) = 0;
};

// The way of encoded frames through a sender (from its encoder to the network) or a receiver (from
// the network to its decoder). libwebrtc lets only one object take part in that, and this is the
// one: first comes the transform, if there is one, then the observers and taps.
//
// It is registered with libwebrtc when it is needed first, and stays. No lock is held while
// transforms and libwebrtc are called.
class FramePipe : public webrtc::FrameTransformerInterface {
 public:
  // `host` is the sender or the receiver. It is kept until the pipe is closed.
  template <typename Host>
  static webrtc::scoped_refptr<FramePipe> Create(webrtc::scoped_refptr<Host> host);
  // The same for several owners, which belong to the JS thread: the pipe closes with the last one.
  template <typename Host>
  static std::shared_ptr<FramePipe> CreateShared(webrtc::scoped_refptr<Host> host);

  // On the JS thread. Null takes the transform away. What the last transform still has is dropped.
  void SetTransform(webrtc::scoped_refptr<FrameTransform> transform);

  // On the JS thread. With taps, a frame goes on if one of them wants it; without any, always.
  // After `Remove…` it is not called any more: a running call is waited for.
  void AddTap(FrameTap* tap);
  void RemoveTap(FrameTap* tap);
  void AddObserver(FrameObserver* observer);
  void RemoveObserver(FrameObserver* observer);

  // Of video that somebody takes picture by picture, and says so by `OnTaken`: no key frame goes on
  // before the pictures that came before it have been taken. `Add…` and `Remove…` on the JS thread,
  // the other on any.
  void AddTaker();
  void RemoveTaker();
  void OnTaken(uint32_t rtp_timestamp);

  // Makes sure that frames come through. On the JS thread.
  void Register();

  // Takes a frame as if it came from the encoder: of a sender, a frame of some receiver. On any
  // thread.
  void Inject(EncodedFrame frame) { Transform(std::move(frame)); }

  // What a transform gives back. Dropped, if it is not the pipe's transform any more, or if
  // libwebrtc has nowhere to put it. On any thread.
  void Deliver(const FrameTransform* from, EncodedFrame frame);

  // On the JS thread: lets go of everything; frames pass unseen. Idempotent.
  void Close();

  // webrtc::FrameTransformerInterface. On libwebrtc's threads.
  void Transform(EncodedFrame frame) override;
  void RegisterTransformedFrameCallback(
      webrtc::scoped_refptr<webrtc::TransformedFrameCallback> callback) override;
  void RegisterTransformedFrameSinkCallback(
      webrtc::scoped_refptr<webrtc::TransformedFrameCallback> callback, uint32_t ssrc) override;
  void UnregisterTransformedFrameCallback() override;
  void UnregisterTransformedFrameSinkCallback(uint32_t ssrc) override;

 protected:
  using Registration = absl::AnyInvocable<void(webrtc::scoped_refptr<FramePipe>)>;

  explicit FramePipe(Registration registration) : registration_(std::move(registration)) {}
  ~FramePipe() override = default;

 private:
  using Callback = webrtc::scoped_refptr<webrtc::TransformedFrameCallback>;

  void PassOn(EncodedFrame frame);
  // To libwebrtc.
  void GiveBack(EncodedFrame frame);
  // Whether the frame goes on.
  bool Show(const webrtc::TransformableFrameInterface& frame);
  Callback FindCallback(uint32_t ssrc);

  // Empty when closed. Belongs to the JS thread, like the other.
  Registration registration_;
  bool registered_ = false;

  // Held while taps and observers are called, and by nobody else for long.
  webrtc::Mutex viewers_mutex_;
  std::vector<FrameTap*> taps_ RTC_GUARDED_BY(viewers_mutex_);
  std::vector<FrameObserver*> observers_ RTC_GUARDED_BY(viewers_mutex_);

  KeyFrameGate gate_;

  webrtc::Mutex mutex_;
  webrtc::scoped_refptr<FrameTransform> transform_ RTC_GUARDED_BY(mutex_);
  // Where libwebrtc takes frames: video by SSRC, one for each encoding.
  Callback callback_ RTC_GUARDED_BY(mutex_);
  std::map<uint32_t, Callback> callbacks_by_ssrc_ RTC_GUARDED_BY(mutex_);
};

template <typename Host>
webrtc::scoped_refptr<FramePipe> FramePipe::Create(webrtc::scoped_refptr<Host> host) {
  return webrtc::make_ref_counted<FramePipe>(
      Registration([host = std::move(host)](webrtc::scoped_refptr<FramePipe> pipe) {
        host->SetFrameTransformer(std::move(pipe));
      }));
}

template <typename Host>
std::shared_ptr<FramePipe> FramePipe::CreateShared(webrtc::scoped_refptr<Host> host) {
  auto pipe = Create(std::move(host));
  FramePipe* shared = pipe.get();
  return {shared, [pipe = std::move(pipe)](FramePipe*) { pipe->Close(); }};
}

}  // namespace node_libwebrtc

#endif  // NATIVE_FRAME_PIPE_H_
