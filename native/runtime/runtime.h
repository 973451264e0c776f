#ifndef NATIVE_RUNTIME_RUNTIME_H_
#define NATIVE_RUNTIME_RUNTIME_H_

#include <napi.h>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/units/time_delta.h"
#include "api/units/timestamp.h"
#include "native/bridge/pending_callbacks.h"
#include "native/runtime/engine.h"
#include "native/runtime/event_loop.h"
#include "native/runtime/playout_demand.h"
#include "native/video_buffer_pool.h"

namespace node_libwebrtc {

class ChunkDelivery;
class EchoReference;
class Logging;
class MediaClock;
class MulticastDns;
class RootCertificates;
class TaskPool;

// Whoever holds objects that libwebrtc made, and so depends on the engine's threads.
class EngineDependent {
 public:
  // The engine is about to stop: release every object of libwebrtc and never use one again. On the
  // JS thread, once. JS must not be called.
  virtual void OnEngineStop() = 0;

 protected:
  virtual ~EngineDependent() = default;

 private:
  friend class Runtime;

  // Its place in the runtime's list, while it is there.
  std::optional<std::list<EngineDependent*>::iterator> place_;
};

// Everything the addon keeps for one Node environment: the main thread's or that of one worker.
// Handles share it, so that it outlives the last of them, whatever the order in which an
// environment is torn down.
//
// Everything here belongs to the JS thread, apart from `loop().Post`.
class Runtime final : public std::enable_shared_from_this<Runtime> {
 public:
  // Keeps the engine running as long as it exists. Belongs to the JS thread.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(std::shared_ptr<Runtime> runtime);
    Lease(Lease&& other) = default;
    Lease& operator=(Lease&& other);
    ~Lease() { Release(); }

    void Release();
    // False when the environment is being torn down: nothing can start any more.
    explicit operator bool() const { return runtime_ != nullptr; }
    Engine* operator->() const { return runtime_->engine(); }

   private:
    std::shared_ptr<Runtime> runtime_;
  };

  // Creates the runtime of `env`. Starts no thread.
  static std::shared_ptr<Runtime> Create(Napi::Env env);
  // The runtime that `Create` made.
  static std::shared_ptr<Runtime> From(Napi::Env env);

  // The runtime of the JS thread that calls, if `Create` has been called there before: an addon can
  // be loaded again, and a thread can be libwebrtc's signaling thread only once. Null after
  // teardown.
  static std::shared_ptr<Runtime> OfThisThread();

  // Use `Create`.
  explicit Runtime(Napi::Env env);
  ~Runtime();

  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  Napi::Env env() const { return env_; }
  EventLoop& loop() { return loop_; }
  Logging& logging() { return *logging_; }
  MulticastDns& multicast_dns() { return *multicast_dns_; }

  // Who wants to hear remote audio.
  PlayoutDemand& playout_demand() { return playout_demand_; }
  // What is played out of that.
  const std::shared_ptr<EchoReference>& echo_reference() const { return echo_reference_; }
  // What devices of ours run by.
  const std::shared_ptr<MediaClock>& media_clock() const { return media_clock_; }

  // What libwebrtc's task queues and our encoders run on.
  const std::shared_ptr<TaskPool>& task_pool() const { return task_pool_; }
  // What scripts make frames of. Belongs to the JS thread.
  VideoBufferPool& video_buffers() { return video_buffers_; }

  // Brings encoded media to JS.
  ChunkDelivery& chunk_delivery() { return *chunk_delivery_; }

  // Null while nobody uses libwebrtc.
  Engine* engine() const { return engine_.get(); }
  // Starts the engine if it does not run.
  Lease Acquire();

  // A dependent that is destroyed before the engine stops must be removed.
  void AddDependent(EngineDependent* dependent);
  void RemoveDependent(EngineDependent* dependent);

  // Constructors of the handles' JS classes, by name.
  void SetConstructor(const char* name, Napi::Function constructor);
  Napi::Function GetConstructor(const char* name);

  // What the addon exports.
  void SetExports(Napi::Object exports) { exports_ = Napi::Persistent(exports); }
  Napi::Object exports() const { return exports_.Value(); }

  // Callbacks of operations that belong to no handle.
  PendingCallbacks& callbacks() { return callbacks_; }

  // What servers with TLS are verified against. Shared with the network thread.
  const std::shared_ptr<RootCertificates>& root_certificates() const { return root_certificates_; }

 private:
  static void OnEnvironmentCleanup(void* runtime);

  void ReleaseEngine();
  void ScheduleStop(webrtc::TimeDelta delay);
  void StopEngine();
  void Shutdown();

  const Napi::Env env_;
  EventLoop loop_;
  PlayoutDemand playout_demand_;
  const std::shared_ptr<EchoReference> echo_reference_;
  const std::shared_ptr<MediaClock> media_clock_;
  const std::shared_ptr<TaskPool> task_pool_;
  VideoBufferPool video_buffers_;
  const std::unique_ptr<ChunkDelivery> chunk_delivery_;
  std::unique_ptr<Logging> logging_;
  std::unique_ptr<MulticastDns> multicast_dns_;
  std::unique_ptr<Engine> engine_;
  std::list<EngineDependent*> dependents_;
  std::map<std::string, Napi::FunctionReference> constructors_;
  Napi::ObjectReference exports_;
  PendingCallbacks callbacks_;
  const std::shared_ptr<RootCertificates> root_certificates_;
  int leases_ = 0;
  // When the last lease went, and whether somebody will look again whether there is a new one.
  webrtc::Timestamp idle_since_ = webrtc::Timestamp::MinusInfinity();
  bool stop_scheduled_ = false;
  bool shut_down_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_RUNTIME_H_
