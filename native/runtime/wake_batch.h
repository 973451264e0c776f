#ifndef NATIVE_RUNTIME_WAKE_BATCH_H_
#define NATIVE_RUNTIME_WAKE_BATCH_H_

#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace node_libwebrtc {

// While there is one on a thread, those who would wake another thread do it when it ends: whoever
// gives several blocks one after the other wakes their takers once.
class WakeBatch final {
 public:
  using WakeUp = absl::AnyInvocable<void() &&>;

  WakeBatch() : outer_(std::exchange(current_, this)) {}
  ~WakeBatch() {
    current_ = outer_;
    for (WakeUp& wake_up : wake_ups_) std::move(wake_up)();
  }

  WakeBatch(const WakeBatch&) = delete;
  WakeBatch& operator=(const WakeBatch&) = delete;

  // At the end of the batch of this thread; now if there is none.
  static void Run(WakeUp wake_up) {
    if (current_) {
      current_->wake_ups_.push_back(std::move(wake_up));
    } else {
      std::move(wake_up)();
    }
  }

 private:
  static inline thread_local WakeBatch* current_ = nullptr;

  WakeBatch* const outer_;
  std::vector<WakeUp> wake_ups_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_WAKE_BATCH_H_
