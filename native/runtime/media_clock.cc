#include "native/runtime/media_clock.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "api/units/time_delta.h"
#include "native/runtime/event_loop.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// Who is later than this has slept, with the machine perhaps.
constexpr int64_t kMaxDelayUs = 500'000;

// Who is called every so many milliseconds is called together with others: the thread wakes up once
// for all of them.
int64_t FirstTime(int64_t now_us, double interval_us) {
  for (const int64_t grid_us : {20'000, 10'000}) {
    if (std::fmod(interval_us, static_cast<double>(grid_us)) == 0) return now_us - now_us % grid_us;
  }
  return now_us;
}

}  // namespace

MediaClock::MediaClock(EventLoop& loop) : loop_(loop) { ExitGuard::Add(this); }

MediaClock::~MediaClock() { Close(); }

void MediaClock::Start(std::weak_ptr<Client> client, double interval_us) {
  webrtc::MutexLock lock(&mutex_);
  if (closed_) return;
  if (!thread_) {
    thread_ = webrtc::Thread::Create();
    thread_->SetName("media-clock", nullptr);
    thread_->Start();
  }
  ++clients_;
  interval_us = std::max(interval_us, 1000.0);
  thread_->PostTask([this, beat = Beat{.client = std::move(client),
                                       .interval_us = interval_us,
                                       .start_us = FirstTime(webrtc::TimeMicros(), interval_us),
                                       .index = 0}]() mutable { Run(std::move(beat)); });
}

int64_t MediaClock::Beat::due_us() const {
  return start_us + std::llround(static_cast<double>(index) * interval_us);
}

void MediaClock::Run(Beat beat) {
  // The thread ends before this does, so that `this` needs no reference.
  const std::shared_ptr<Client> client = beat.client.lock();
  if (!client || !client->OnTick(beat.due_us())) {
    Finish();
    return;
  }
  ++beat.index;
  const int64_t now_us = webrtc::TimeMicros();
  if (const int64_t late_us = now_us - beat.due_us(); late_us > kMaxDelayUs) {
    beat.index += static_cast<int64_t>(static_cast<double>(late_us) / beat.interval_us);
  }
  const int64_t wait_us = std::max<int64_t>(0, beat.due_us() - now_us);
  webrtc::Thread::Current()->PostDelayedTask(
      [this, beat = std::move(beat)]() mutable { Run(std::move(beat)); },
      webrtc::TimeDelta::Micros(wait_us));
}

void MediaClock::Finish() {
  {
    webrtc::MutexLock lock(&mutex_);
    if (--clients_ > 0 || closed_) return;
  }
  // A thread cannot wait for its own end.
  loop_.Post([weak = weak_from_this()](Napi::Env) {
    if (std::shared_ptr<MediaClock> clock = weak.lock()) clock->StopIfIdle();
  });
}

void MediaClock::StopIfIdle() {
  std::unique_ptr<webrtc::Thread> thread;
  {
    webrtc::MutexLock lock(&mutex_);
    if (clients_ > 0) return;
    thread = std::move(thread_);
  }
}

void MediaClock::Close() {
  std::unique_ptr<webrtc::Thread> thread;
  {
    webrtc::MutexLock lock(&mutex_);
    if (std::exchange(closed_, true)) return;
    thread = std::move(thread_);
  }
  // The thread takes the lock as it ends.
  thread.reset();
  ExitGuard::Remove(this);
}

void MediaClock::Abandon() {
  webrtc::Thread* thread;
  {
    webrtc::MutexLock lock(&mutex_);
    closed_ = true;
    thread = thread_.get();
  }
  if (thread) thread->Stop();
}

}  // namespace node_libwebrtc
