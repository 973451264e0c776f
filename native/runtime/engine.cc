#include "native/runtime/engine.h"

#include <utility>

#include "api/create_modular_peer_connection_factory.h"
#include "api/environment/environment_factory.h"
#include "api/make_ref_counted.h"
#include "native/event_log/event_log.h"
#include "native/network/packet_socket_factory.h"
#include "native/network/sctp_transport_factory.h"
#include "native/recording/new_streams.h"
#include "native/recording/sender_reports.h"
#include "native/recording/tapped_call.h"
#include "native/runtime/audio_device.h"
#include "native/runtime/audio_mixer.h"
#include "native/runtime/codecs.h"
#include "native/runtime/event_loop.h"
#include "native/runtime/field_trials.h"
#include "native/runtime/media_engine.h"
#include "native/runtime/task_pool.h"

namespace node_libwebrtc {

Engine::Engine(EventLoop& loop, PlayoutDemand& playout_demand,
               std::shared_ptr<EchoReference> echo_reference,
               std::shared_ptr<MediaClock> media_clock, std::shared_ptr<TaskPool> task_pool)
    : loop_(loop),
      playout_demand_(playout_demand),
      task_pool_(std::move(task_pool)),
      sender_reports_(std::make_shared<SenderReports>()),
      new_streams_(std::make_shared<NewStreams>()),
      environment_(
          webrtc::CreateEnvironment(task_pool_->CreateFactory(), std::make_unique<FieldTrials>())),
      network_thread_(std::make_unique<NetworkThread>(sockets_)),
      key_queue_(environment_.task_queue_factory().CreateTaskQueue(
          "keys", webrtc::TaskQueueFactory::Priority::kNormal)) {
  network_thread_->SetName("webrtc-network", nullptr);
  network_thread_->Start();
  loop_.SetTimer(network_thread_.get());
  // Beside what the JS thread does before a connection needs it.
  network_thread_->PostTask([this] {
    srtp_library_ = std::make_unique<SrtpLibrary>();
    udp_features_ = std::make_unique<UdpFeatures>();
  });

  network_manager_ =
      std::make_unique<webrtc::BasicNetworkManager>(environment_, &sockets_, &network_monitors_);
  // Each connection wants to know the networks; as long as somebody does they are known at once.
  network_thread_->PostTask([this] { network_manager_->StartUpdating(); });
  packet_socket_factory_ = std::make_unique<PacketSocketFactory>(&sockets_, network_turn_);

  webrtc::PeerConnectionFactoryDependencies dependencies;
  dependencies.env = environment_;
  dependencies.network_thread = network_thread_.get();
  dependencies.worker_thread = worker_thread();
  dependencies.signaling_thread = signaling_thread();
  dependencies.audio_mixer = CreateAudioMixer(echo_reference);
  dependencies.adm = webrtc::make_ref_counted<AudioDevice>(
      playout_demand_, std::move(echo_reference), std::move(media_clock));
  dependencies.sctp_factory = std::make_unique<SctpTransportFactory>(
      signaling_thread(), network_thread_.get(), network_turn_);
  dependencies.event_log_factory = std::make_unique<EventLogFactory>(latest_key_frame_requests_);
  SetCodecs(dependencies);
  EnableMedia(dependencies);
  EnableTaps(dependencies, sender_reports_, new_streams_);
  factory_ = webrtc::CreateModularPeerConnectionFactory(std::move(dependencies));
}

Engine::~Engine() {
  factory_ = nullptr;
  // What waits for a key has gone.
  key_queue_ = nullptr;
  // libwebrtc left tasks on its way out, which may leave more; each finds its objects still there.
  network_thread_->BlockingCall([] {});
  network_thread_->BlockingCall([this] {
    network_manager_->StopUpdating();
    network_manager_ = nullptr;
    packet_socket_factory_ = nullptr;
    srtp_library_ = nullptr;
    udp_features_ = nullptr;
  });
  loop_.SetTimer(nullptr);
  network_thread_->Stop();
  task_pool_->Rest();
}

webrtc::Thread* Engine::signaling_thread() const { return loop_.thread(); }

void Engine::Abandon() {
  network_thread_->Stop();
  // Last, because the thread may be waiting for one of its queues.
  task_pool_->Abandon();
}

}  // namespace node_libwebrtc
