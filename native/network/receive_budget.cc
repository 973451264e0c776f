#include "native/network/receive_budget.h"

namespace node_libwebrtc {

bool ReceiveBudget::IsUsedUp() {
  if (taken_ < kLimitBytes) return false;
  waiting_ = true;
  // All may have been given back just before anybody could know that we wait.
  if (taken_ > kResumeBytes) return true;
  waiting_ = false;
  return false;
}

void ReceiveBudget::GiveBack(size_t bytes) {
  taken_ -= bytes;
  if (taken_ > kResumeBytes || !waiting_.exchange(false)) return;
  network_thread_->PostTask([budget = shared_from_this()] {
    if (budget->resume_) budget->resume_();
  });
}

}  // namespace node_libwebrtc
