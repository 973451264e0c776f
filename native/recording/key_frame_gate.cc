#include "native/recording/key_frame_gate.h"

#include <utility>

#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// Pictures that can be decoded are taken within this time, once they are late.
constexpr int64_t kPatienceUs = 300'000;

bool IsKeyFrame(const webrtc::TransformableFrameInterface& frame) {
  const auto* video = dynamic_cast<const webrtc::TransformableVideoFrameInterface*>(&frame);
  return video && video->IsKeyFrame();
}

}  // namespace

void KeyFrameGate::AddTaker() {
  webrtc::MutexLock lock(&mutex_);
  if (takers_++ > 0) return;
  passed_.reset();
  taken_.reset();
}

void KeyFrameGate::RemoveTaker(Exit exit) {
  webrtc::MutexLock lock(&mutex_);
  if (--takers_ > 0) return;
  while (!held_.empty()) Open(exit);
}

void KeyFrameGate::Insert(Frame frame, Exit exit) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (takers_ > 0) {
      if (held_.empty() && !HasToWait(*frame)) {
        Pass(std::move(frame), exit);
        return;
      }
      const int64_t now_us = webrtc::TimeMicros();
      if (held_.empty()) held_since_us_ = now_us;
      held_.push_back(std::move(frame));
      if (now_us - held_since_us_ > kPatienceUs) Open(exit);
      return;
    }
  }
  exit(std::move(frame));
}

void KeyFrameGate::OnTaken(uint32_t rtp_timestamp, Exit exit) {
  webrtc::MutexLock lock(&mutex_);
  taken_ = rtp_timestamp;
  if (!held_.empty() && passed_ == taken_) Open(exit);
}

// Of several layers of one picture each is a frame of its own.
bool KeyFrameGate::HasToWait(const webrtc::TransformableFrameInterface& frame) const {
  return passed_ && taken_ && passed_ != taken_ && passed_ != frame.GetTimestamp() &&
         IsKeyFrame(frame);
}

void KeyFrameGate::Pass(Frame frame, Exit exit) {
  passed_ = frame->GetTimestamp();
  exit(std::move(frame));
}

void KeyFrameGate::Open(Exit exit) {
  do {
    Frame frame = std::move(held_.front());
    held_.pop_front();
    Pass(std::move(frame), exit);
  } while (!held_.empty() && !HasToWait(*held_.front()));
  held_since_us_ = webrtc::TimeMicros();
}

}  // namespace node_libwebrtc
