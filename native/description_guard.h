#ifndef NATIVE_DESCRIPTION_GUARD_H_
#define NATIVE_DESCRIPTION_GUARD_H_

#include <set>
#include <string>

#include "api/jsep.h"
#include "api/peer_connection_interface.h"
#include "api/rtc_error.h"

namespace node_libwebrtc {

// Keeps away from libwebrtc what would end the process: descriptions and calls that it takes for
// impossible, and which nevertheless anybody can make. One for each connection.
class DescriptionGuard final {
 public:
  // What `createOffer` and `createAnswer` have made, or libwebrtc itself has set.
  void OnCreated(const webrtc::SessionDescriptionInterface* description);

  static webrtc::RTCError CheckCreateOffer(webrtc::PeerConnectionInterface& connection);
  webrtc::RTCError CheckLocal(const webrtc::PeerConnectionInterface& connection,
                              const webrtc::SessionDescriptionInterface& description) const;

 private:
  // The names of data sections: libwebrtc compares a local description with what it has made, and
  // reads a section of this name as one of data, whatever it has become.
  std::set<std::string> data_sections_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DESCRIPTION_GUARD_H_
