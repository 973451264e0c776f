#include "native/description_guard.h"

#include "api/media_types.h"
#include "pc/session_description.h"

namespace node_libwebrtc {

namespace {

using webrtc::PeerConnectionInterface;
using webrtc::RTCError;

bool IsData(const webrtc::ContentInfo& section) {
  return section.media_description()->type() == webrtc::MediaType::DATA;
}

}  // namespace

void DescriptionGuard::OnCreated(const webrtc::SessionDescriptionInterface* description) {
  if (!description || !description->description()) return;
  for (const webrtc::ContentInfo& section : description->description()->contents()) {
    if (IsData(section)) data_sections_.emplace(section.mid());
  }
}

RTCError DescriptionGuard::CheckCreateOffer(PeerConnectionInterface& connection) {
  // With a remote offer pending there may be sections that the local side knows nothing of.
  const auto state = connection.signaling_state();
  if (state == PeerConnectionInterface::kStable ||
      state == PeerConnectionInterface::kHaveLocalOffer) {
    return RTCError::OK();
  }
  return RTCError::InvalidState("Not a state to create an offer in: ")
         << PeerConnectionInterface::AsString(state);
}

RTCError DescriptionGuard::CheckLocal(
    const webrtc::SessionDescriptionInterface& description) const {
  if (!description.description()) return RTCError::OK();
  for (const webrtc::ContentInfo& section : description.description()->contents()) {
    if (!IsData(section) && data_sections_.contains(std::string(section.mid()))) {
      return RTCError::InvalidModification("A data section became something else: ")
             << section.mid();
    }
  }
  return RTCError::OK();
}

}  // namespace node_libwebrtc
