#ifndef NATIVE_NETWORK_ALLOCATOR_H_
#define NATIVE_NETWORK_ALLOCATOR_H_

#include <memory>
#include <optional>

#include "p2p/base/port_allocator.h"
#include "rtc_base/ip_address.h"
#include "rtc_base/network_constants.h"

namespace node_libwebrtc {

class Engine;

// Where one peer connection looks for candidates.
struct NetworkSettings {
  // 0 and 0: any port.
  int min_port = 0;
  int max_port = 0;
  // Only the network that owns this address, and only this address.
  std::optional<webrtc::IPAddress> bind_address;
  // Kinds of networks that are left out, a mask of `webrtc::AdapterType`.
  int network_ignore_mask = webrtc::kDefaultNetworkIgnoreMask;
};

// A port allocator on the engine's sockets and networks. The ignore mask is not its business: the
// factory of peer connections sets it.
std::unique_ptr<webrtc::PortAllocator> CreatePortAllocator(Engine& engine,
                                                           const NetworkSettings& settings);

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_ALLOCATOR_H_
