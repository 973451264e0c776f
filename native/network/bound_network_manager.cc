#include "native/network/bound_network_manager.h"

#include <memory>
#include <utility>

namespace node_libwebrtc {

BoundNetworkManager::~BoundNetworkManager() {
  if (subscribed_) source_.UnsubscribeNetworksChanged(this);
}

void BoundNetworkManager::StartUpdating() {
  if (!subscribed_) {
    source_.SubscribeNetworksChanged(this, [this] { Update(); });
    subscribed_ = true;
  }
  source_.StartUpdating();
}

void BoundNetworkManager::StopUpdating() { source_.StopUpdating(); }

void BoundNetworkManager::Update() {
  std::vector<std::unique_ptr<webrtc::Network>> networks;
  for (const webrtc::Network* network : source_.GetNetworks()) {
    for (const webrtc::InterfaceAddress& address : network->GetIPs()) {
      if (static_cast<const webrtc::IPAddress&>(address) != address_) continue;
      std::unique_ptr<webrtc::Network> bound = network->Clone();
      bound->SetIPs({address}, /*already_changed=*/false);
      networks.push_back(std::move(bound));
      break;
    }
  }
  bool changed = false;
  MergeNetworkList(std::move(networks), &changed);
  // Even without a change: whoever called StartUpdating waits for the first notice.
  NotifyNetworksChanged();
}

}  // namespace node_libwebrtc
