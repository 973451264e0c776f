#include "native/runtime/exit_guard.h"

#include <cstdlib>
#include <set>

#include "native/runtime/engine.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

struct Engines {
  webrtc::Mutex mutex;
  std::set<Engine*> running RTC_GUARDED_BY(mutex);
};

// Never destroyed: the exit handler itself needs it.
Engines& GetEngines() {
  static Engines* const engines = new Engines();
  return *engines;
}

void StopAll() {
  Engines& engines = GetEngines();
  webrtc::MutexLock lock(&engines.mutex);
  for (Engine* engine : engines.running) engine->Abandon();
  engines.running.clear();
}

}  // namespace

void ExitGuard::Add(Engine* engine) {
  [[maybe_unused]] static const int registered = std::atexit(&StopAll);
  Engines& engines = GetEngines();
  webrtc::MutexLock lock(&engines.mutex);
  engines.running.insert(engine);
}

void ExitGuard::Remove(Engine* engine) {
  Engines& engines = GetEngines();
  webrtc::MutexLock lock(&engines.mutex);
  engines.running.erase(engine);
}

}  // namespace node_libwebrtc
