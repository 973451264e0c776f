#ifndef NATIVE_RUNTIME_ENGINE_H_
#define NATIVE_RUNTIME_ENGINE_H_

#include <memory>

#include "api/environment/environment.h"
#include "api/packet_socket_factory.h"
#include "api/peer_connection_interface.h"
#include "api/scoped_refptr.h"
#include "api/task_queue/task_queue_base.h"
#include "native/network/network_monitor.h"
#include "native/network/network_turn.h"
#include "native/network/srtp_library.h"
#include "native/network/udp_features.h"
#include "native/runtime/exit_guard.h"
#include "native/runtime/network_thread.h"
#include "rtc_base/network.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

class EchoReference;
class EventLoop;
class KeyFrameRequests;
class MediaClock;
class NewStreams;
class PlayoutDemand;
class SenderReports;
class TaskPool;

// What runs while an environment uses libwebrtc: one thread, a pool of a few for libwebrtc's task
// queues, and the factory of peer connections. All peer connections of the environment share it, so
// their number does not change the number of threads.
//
// That thread is both libwebrtc's network thread and its worker thread, as in Chromium: a packet
// does not go from one to the other, on its way out and on its way in. What takes long is done by
// the pool.
class Engine final : public ExitGuard::Member {
 public:
  // On the JS thread. Starts the threads.
  Engine(EventLoop& loop, PlayoutDemand& playout_demand,
         std::shared_ptr<EchoReference> echo_reference, std::shared_ptr<MediaClock> media_clock,
         std::shared_ptr<TaskPool> task_pool);
  // On the JS thread. Everything that libwebrtc made must be released by then. Stops the threads.
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  webrtc::Thread* signaling_thread() const;
  webrtc::Thread* network_thread() const { return network_thread_.get(); }
  webrtc::Thread* worker_thread() const { return network_thread_.get(); }
  // Where keys are made: one of RSA's takes up to a second.
  webrtc::TaskQueueBase* key_queue() const { return key_queue_.get(); }
  const webrtc::Environment& environment() const { return environment_; }
  webrtc::PeerConnectionFactoryInterface* factory() const { return factory_.get(); }

  // One for all connections, to be used on the network thread only.
  webrtc::NetworkManager* network_manager() const { return network_manager_.get(); }
  webrtc::PacketSocketFactory* packet_socket_factory() const {
    return packet_socket_factory_.get();
  }
  NetworkTurn& network_turn() { return network_turn_; }

  // Tells the audio device when to pull.
  PlayoutDemand& playout_demand() const { return playout_demand_; }

  // Brings the sender reports of remote audio to its taps.
  const std::shared_ptr<SenderReports>& sender_reports() const { return sender_reports_; }

  // Tells taps of remote video that there is another stream.
  const std::shared_ptr<NewStreams>& new_streams() const { return new_streams_; }

  // Those of the connection made last. On the JS thread.
  const std::shared_ptr<KeyFrameRequests>& latest_key_frame_requests() const {
    return latest_key_frame_requests_;
  }

  // ExitGuard::Member
  void Abandon() override;

 private:
  EventLoop& loop_;
  PlayoutDemand& playout_demand_;
  const std::shared_ptr<TaskPool> task_pool_;
  const std::shared_ptr<SenderReports> sender_reports_;
  const std::shared_ptr<NewStreams> new_streams_;
  std::shared_ptr<KeyFrameRequests> latest_key_frame_requests_;
  const webrtc::Environment environment_;
  // Used on the network thread, by what lives there.
  NetworkTurn network_turn_;
  NetworkSockets sockets_;
  NetworkMonitorFactory network_monitors_{sockets_};
  std::unique_ptr<webrtc::Thread> network_thread_;
  std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter> key_queue_;
  std::unique_ptr<webrtc::NetworkManager> network_manager_;
  std::unique_ptr<webrtc::PacketSocketFactory> packet_socket_factory_;
  std::unique_ptr<SrtpLibrary> srtp_library_;
  std::unique_ptr<UdpFeatures> udp_features_;
  webrtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_ENGINE_H_
