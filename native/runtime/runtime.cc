#include "native/runtime/runtime.h"

#include <utility>

#include "api/units/time_delta.h"
#include "native/echo_reference.h"
#include "native/network/multicast_dns.h"
#include "native/network/tls_verifier.h"
#include "native/recording/chunk_delivery.h"
#include "native/runtime/exit_guard.h"
#include "native/runtime/logging.h"
#include "native/runtime/media_clock.h"
#include "native/runtime/task_pool.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// How long the engine waits for its next user. Long enough that connections which come one after
// the other do not start it each time; nobody waits for it, not even the end of the process.
constexpr webrtc::TimeDelta kIdleDelay = webrtc::TimeDelta::Seconds(2);

// What hangs off the environment. The runtime itself belongs to it and to the handles.
struct InstanceData {
  std::shared_ptr<Runtime> runtime;
};

std::weak_ptr<Runtime>& ThreadRuntime() {
  static thread_local std::weak_ptr<Runtime> runtime;
  return runtime;
}

}  // namespace

Runtime::Lease::Lease(std::shared_ptr<Runtime> runtime) : runtime_(std::move(runtime)) {
  ++runtime_->leases_;
}

Runtime::Lease& Runtime::Lease::operator=(Lease&& other) {
  if (this != &other) {
    Release();
    runtime_ = std::move(other.runtime_);
  }
  return *this;
}

void Runtime::Lease::Release() {
  if (std::shared_ptr<Runtime> runtime = std::exchange(runtime_, nullptr)) {
    runtime->ReleaseEngine();
  }
}

std::shared_ptr<Runtime> Runtime::Create(Napi::Env env) {
  auto runtime = std::make_shared<Runtime>(env);
  env.SetInstanceData(new InstanceData{runtime});
  ThreadRuntime() = runtime;
  return runtime;
}

std::shared_ptr<Runtime> Runtime::OfThisThread() {
  std::shared_ptr<Runtime> runtime = ThreadRuntime().lock();
  return runtime && !runtime->shut_down_ ? runtime : nullptr;
}

std::shared_ptr<Runtime> Runtime::From(Napi::Env env) {
  return env.GetInstanceData<InstanceData>()->runtime;
}

Runtime::Runtime(Napi::Env env)
    : env_(env),
      loop_(env),
      echo_reference_(std::make_shared<EchoReference>()),
      media_clock_(std::make_shared<MediaClock>(loop_)),
      task_pool_(std::make_shared<TaskPool>()),
      chunk_delivery_(std::make_unique<ChunkDelivery>(loop_, task_pool_)),
      logging_(std::make_unique<Logging>(loop_)),
      multicast_dns_(std::make_unique<MulticastDns>(*this)),
      root_certificates_(std::make_shared<RootCertificates>()) {
  // Hooks run in the reverse order, so that this one comes before that of the loop's threadsafe
  // function.
  napi_add_env_cleanup_hook(env, &Runtime::OnEnvironmentCleanup, this);
}

Runtime::~Runtime() {
  if (shut_down_) return;
  napi_remove_env_cleanup_hook(env_, &Runtime::OnEnvironmentCleanup, this);
  Shutdown();
}

Runtime::Lease Runtime::Acquire() {
  if (shut_down_) return Lease();
  if (!engine_) {
    engine_ =
        std::make_unique<Engine>(loop_, playout_demand_, echo_reference_, media_clock_, task_pool_);
    ExitGuard::Add(engine_.get());
  }
  return Lease(shared_from_this());
}

void Runtime::ReleaseEngine() {
  if (--leases_ > 0 || !engine_) return;
  idle_since_ = webrtc::Timestamp::Micros(webrtc::TimeMicros());
  if (!std::exchange(stop_scheduled_, true)) ScheduleStop(kIdleDelay);
}

void Runtime::ScheduleStop(webrtc::TimeDelta delay) {
  // No strong reference: this must not keep alive a runtime whose environment has gone.
  auto stop = [weak = weak_from_this()] {
    std::shared_ptr<Runtime> runtime = weak.lock();
    if (!runtime) return;
    runtime->stop_scheduled_ = false;
    if (runtime->leases_ > 0) return;
    // It may have had users in between.
    const webrtc::Timestamp now = webrtc::Timestamp::Micros(webrtc::TimeMicros());
    const webrtc::TimeDelta rest = runtime->idle_since_ + kIdleDelay - now;
    if (rest <= webrtc::TimeDelta::Zero()) {
      runtime->StopEngine();
    } else {
      runtime->stop_scheduled_ = true;
      runtime->ScheduleStop(rest);
    }
  };
  loop_.thread()->PostDelayedTask(std::move(stop), delay);
}

void Runtime::StopEngine() {
  if (!engine_) return;
  // The last made go first: a channel before its connection.
  while (!dependents_.empty()) {
    EngineDependent* dependent = dependents_.back();
    RemoveDependent(dependent);
    dependent->OnEngineStop();
  }
  ExitGuard::Remove(engine_.get());
  engine_ = nullptr;
}

void Runtime::AddDependent(EngineDependent* dependent) {
  dependent->place_ = dependents_.insert(dependents_.end(), dependent);
}

void Runtime::RemoveDependent(EngineDependent* dependent) {
  if (!dependent->place_) return;
  dependents_.erase(*dependent->place_);
  dependent->place_.reset();
}

void Runtime::SetConstructor(const char* name, Napi::Function constructor) {
  constructors_[name] = Napi::Persistent(constructor);
}

Napi::Function Runtime::GetConstructor(const char* name) {
  auto constructor = constructors_.find(name);
  return constructor == constructors_.end() ? Napi::Function() : constructor->second.Value();
}

void Runtime::OnEnvironmentCleanup(void* runtime) { static_cast<Runtime*>(runtime)->Shutdown(); }

void Runtime::Shutdown() {
  shut_down_ = true;
  logging_->Stop();
  StopEngine();
  media_clock_->Close();
  task_pool_->Close();
  loop_.Close();
  // References belong to the environment, which ends with this.
  multicast_dns_->Clear();
  constructors_.clear();
  exports_.Reset();
  callbacks_.Clear();
}

}  // namespace node_libwebrtc
