#include "native/frame_pipe.h"

#include <utility>

namespace node_libwebrtc {

void FramePipe::Register() {
  if (!registration_ || std::exchange(registered_, true)) return;
  registration_(webrtc::scoped_refptr<FramePipe>(this));
}

void FramePipe::SetTransform(webrtc::scoped_refptr<FrameTransform> transform) {
  if (transform) Register();
  // The last one is released outside the lock.
  webrtc::MutexLock lock(&mutex_);
  transform_.swap(transform);
}

void FramePipe::AddTap(FrameTap* tap) {
  {
    webrtc::MutexLock lock(&viewers_mutex_);
    taps_.push_back(tap);
  }
  Register();
}

void FramePipe::RemoveTap(FrameTap* tap) {
  webrtc::MutexLock lock(&viewers_mutex_);
  std::erase(taps_, tap);
}

void FramePipe::AddObserver(FrameObserver* observer) {
  {
    webrtc::MutexLock lock(&viewers_mutex_);
    observers_.push_back(observer);
  }
  Register();
}

void FramePipe::RemoveObserver(FrameObserver* observer) {
  webrtc::MutexLock lock(&viewers_mutex_);
  std::erase(observers_, observer);
}

void FramePipe::AddTaker() {
  gate_.AddTaker();
  Register();
}

void FramePipe::RemoveTaker() {
  gate_.RemoveTaker([this](EncodedFrame frame) { GiveBack(std::move(frame)); });
}

void FramePipe::OnTaken(uint32_t rtp_timestamp) {
  gate_.OnTaken(rtp_timestamp, [this](EncodedFrame frame) { GiveBack(std::move(frame)); });
}

void FramePipe::Close() {
  registration_ = nullptr;
  SetTransform(nullptr);
  webrtc::MutexLock lock(&viewers_mutex_);
  taps_.clear();
  observers_.clear();
}

void FramePipe::Transform(EncodedFrame frame) {
  webrtc::scoped_refptr<FrameTransform> transform;
  {
    webrtc::MutexLock lock(&mutex_);
    transform = transform_;
  }
  if (transform) {
    transform->Transform(std::move(frame));
  } else {
    PassOn(std::move(frame));
  }
}

void FramePipe::Deliver(const FrameTransform* from, EncodedFrame frame) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (transform_.get() != from) return;
  }
  PassOn(std::move(frame));
}

void FramePipe::PassOn(EncodedFrame frame) {
  if (!Show(*frame)) return;
  gate_.Insert(std::move(frame), [this](EncodedFrame passed) { GiveBack(std::move(passed)); });
}

void FramePipe::GiveBack(EncodedFrame frame) {
  if (Callback callback = FindCallback(frame->GetSsrc())) {
    callback->OnTransformedFrame(std::move(frame));
  }
}

bool FramePipe::Show(const webrtc::TransformableFrameInterface& frame) {
  webrtc::MutexLock lock(&viewers_mutex_);
  for (FrameObserver* observer : observers_) observer->OnFrame(frame);
  bool wanted = taps_.empty();
  for (FrameTap* tap : taps_) {
    if (tap->OnFrame(frame)) wanted = true;
  }
  return wanted;
}

FramePipe::Callback FramePipe::FindCallback(uint32_t ssrc) {
  webrtc::MutexLock lock(&mutex_);
  if (auto entry = callbacks_by_ssrc_.find(ssrc); entry != callbacks_by_ssrc_.end()) {
    return entry->second;
  }
  // A frame that comes from somewhere else has an SSRC of its own.
  if (callbacks_by_ssrc_.size() == 1) return callbacks_by_ssrc_.begin()->second;
  return callback_;
}

void FramePipe::RegisterTransformedFrameCallback(Callback callback) {
  webrtc::MutexLock lock(&mutex_);
  callback_.swap(callback);
}

void FramePipe::RegisterTransformedFrameSinkCallback(Callback callback, uint32_t ssrc) {
  webrtc::MutexLock lock(&mutex_);
  callbacks_by_ssrc_[ssrc].swap(callback);
}

void FramePipe::UnregisterTransformedFrameCallback() {
  Callback released;
  webrtc::MutexLock lock(&mutex_);
  released.swap(callback_);
}

void FramePipe::UnregisterTransformedFrameSinkCallback(uint32_t ssrc) {
  Callback released;
  webrtc::MutexLock lock(&mutex_);
  auto entry = callbacks_by_ssrc_.find(ssrc);
  if (entry == callbacks_by_ssrc_.end()) return;
  released.swap(entry->second);
  callbacks_by_ssrc_.erase(entry);
}

}  // namespace node_libwebrtc
