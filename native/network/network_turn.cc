#include "native/network/network_turn.h"

#include <algorithm>

namespace node_libwebrtc {

void NetworkTurn::AtEnd(Layer layer, Participant* participant) {
  (layer == Layer::kProtocol ? protocols_ : sockets_).push_back(participant);
}

void NetworkTurn::Remove(Participant* participant) {
  std::erase(protocols_, participant);
  std::erase(sockets_, participant);
}

void NetworkTurn::End() {
  // A participant may add others and remove any, so nothing is kept across a call.
  while (!protocols_.empty() || !sockets_.empty()) {
    Participants& layer = protocols_.empty() ? sockets_ : protocols_;
    Participant* participant = layer.front();
    layer.erase(layer.begin());
    participant->OnTurnEnd();
  }
}

}  // namespace node_libwebrtc
