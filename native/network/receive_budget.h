#ifndef NATIVE_NETWORK_RECEIVE_BUDGET_H_
#define NATIVE_NETWORK_RECEIVE_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

// How much of what an SCTP association has received may wait for the JS thread. When it is used up
// the association keeps further messages, its window closes, and the remote peer has to wait.
class ReceiveBudget final : public std::enable_shared_from_this<ReceiveBudget> {
 public:
  // Large enough for a busy JS thread not to slow down a connection: a peer whose window was closed
  // for long takes its time to go on.
  static constexpr size_t kLimitBytes = 32 * 1024 * 1024;
  static constexpr size_t kResumeBytes = 16 * 1024 * 1024;
  // What a message costs beside its bytes, so that the number of small ones is limited too.
  static constexpr size_t kMessageBytes = 64;

  explicit ReceiveBudget(webrtc::Thread* network_thread) : network_thread_(network_thread) {}

  // Who is called, on the network thread, when there is room again. Null when it is gone. On the
  // network thread.
  void SetResume(absl::AnyInvocable<void()> resume) { resume_ = std::move(resume); }

  // A message is on its way to the JS thread. On the network thread.
  void Take(size_t bytes) { taken_ += bytes; }

  // True if nothing more may be taken until the call of `resume`. On the network thread.
  bool IsUsedUp();

  // Messages have reached JS. On the JS thread, while the network thread runs.
  void GiveBack(size_t bytes);

 private:
  webrtc::Thread* const network_thread_;
  std::atomic<size_t> taken_ = 0;
  std::atomic<bool> waiting_ = false;
  absl::AnyInvocable<void()> resume_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_RECEIVE_BUDGET_H_
