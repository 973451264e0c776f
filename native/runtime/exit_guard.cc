#include "native/runtime/exit_guard.h"

#include <cstdlib>
#include <set>

#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

struct Members {
  webrtc::Mutex mutex;
  std::set<ExitGuard::Member*> running RTC_GUARDED_BY(mutex);
};

// Never destroyed: the exit handler itself needs it.
Members& GetMembers() {
  static Members* const members = new Members();
  return *members;
}

void StopAll() {
  Members& members = GetMembers();
  webrtc::MutexLock lock(&members.mutex);
  for (ExitGuard::Member* member : members.running) member->Abandon();
  members.running.clear();
}

}  // namespace

void ExitGuard::Add(Member* member) {
  [[maybe_unused]] static const int registered = std::atexit(&StopAll);
  Members& members = GetMembers();
  webrtc::MutexLock lock(&members.mutex);
  members.running.insert(member);
}

void ExitGuard::Remove(Member* member) {
  Members& members = GetMembers();
  webrtc::MutexLock lock(&members.mutex);
  members.running.erase(member);
}

}  // namespace node_libwebrtc
