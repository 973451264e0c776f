#ifndef NATIVE_NETWORK_BOUND_NETWORK_MANAGER_H_
#define NATIVE_NETWORK_BOUND_NETWORK_MANAGER_H_

#include <vector>

#include "rtc_base/ip_address.h"
#include "rtc_base/network.h"

namespace node_libwebrtc {

// Shows one peer connection only the network that owns a certain address, and of it only that
// address. On the network thread, apart from the constructor.
class BoundNetworkManager final : public webrtc::NetworkManagerBase {
 public:
  BoundNetworkManager(webrtc::NetworkManager& source, const webrtc::IPAddress& address)
      : source_(source), address_(address) {}
  ~BoundNetworkManager() override;

  void StartUpdating() override;
  void StopUpdating() override;
  // An "any address" would reach past the one that was asked for.
  std::vector<const webrtc::Network*> GetAnyAddressNetworks() override { return {}; }

 private:
  void Update();

  webrtc::NetworkManager& source_;
  const webrtc::IPAddress address_;
  bool subscribed_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_BOUND_NETWORK_MANAGER_H_
