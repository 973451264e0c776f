#include "native/network/allocator.h"

#include <utility>

#include "native/network/bound_network_manager.h"
#include "native/runtime/engine.h"
#include "p2p/client/basic_port_allocator.h"

namespace node_libwebrtc {

namespace {

// A base class, so that it is there before the allocator and goes after it.
struct NetworkManagerOwner {
  std::unique_ptr<BoundNetworkManager> network_manager;
};

class BoundPortAllocator final : private NetworkManagerOwner, public webrtc::BasicPortAllocator {
 public:
  BoundPortAllocator(Engine& engine, const webrtc::IPAddress& address)
      : NetworkManagerOwner{std::make_unique<BoundNetworkManager>(*engine.network_manager(),
                                                                  address)},
        BasicPortAllocator(engine.environment(), NetworkManagerOwner::network_manager.get(),
                           engine.packet_socket_factory()) {}
};

}  // namespace

std::unique_ptr<webrtc::PortAllocator> CreatePortAllocator(Engine& engine,
                                                           const NetworkSettings& settings) {
  std::unique_ptr<webrtc::PortAllocator> allocator;
  if (settings.bind_address) {
    allocator = std::make_unique<BoundPortAllocator>(engine, *settings.bind_address);
  } else {
    allocator = std::make_unique<webrtc::BasicPortAllocator>(
        engine.environment(), engine.network_manager(), engine.packet_socket_factory());
  }
  allocator->SetPortRange(settings.min_port, settings.max_port);
  return allocator;
}

}  // namespace node_libwebrtc
