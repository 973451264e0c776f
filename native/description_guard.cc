#include "native/description_guard.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "api/media_types.h"
#include "media/base/stream_params.h"
#include "pc/rtp_transceiver.h"
#include "pc/session_description.h"

namespace node_libwebrtc {

namespace {

using webrtc::PeerConnectionInterface;
using webrtc::RTCError;

bool IsData(const webrtc::ContentInfo& section) {
  return section.media_description()->type() == webrtc::MediaType::DATA;
}

// Whether libwebrtc would find no SSRC for an encoding that a sender was made with. It makes up the
// SSRCs of a section that names none.
bool LacksEncodings(const PeerConnectionInterface& connection, const webrtc::ContentInfo& section,
                    size_t index) {
  size_t count = 0;
  for (const webrtc::StreamParams& stream : section.media_description()->streams()) {
    if (!stream.has_ssrcs()) continue;
    std::vector<uint32_t> ssrcs;
    stream.GetPrimarySsrcs(&ssrcs);
    count += ssrcs.size();
  }
  if (count == 0) return false;
  for (const auto& transceiver : connection.GetTransceivers()) {
    const auto* internal =
        static_cast<webrtc::RtpTransceiverProxyWithInternal<webrtc::RtpTransceiver>*>(
            transceiver.get())
            ->internal();
    // Until a description is set only the index binds a section to a transceiver.
    if (internal->mid() != section.mid() && internal->mline_index() != index) continue;
    if (transceiver->sender()->init_send_encodings().size() > count) return true;
  }
  return false;
}

}  // namespace

void DescriptionGuard::OnCreated(const webrtc::SessionDescriptionInterface* description) {
  if (!description || !description->description()) return;
  for (const webrtc::ContentInfo& section : description->description()->contents()) {
    if (IsData(section)) {
      data_sections_.emplace(section.mid());
    } else {
      // A rollback frees the names of sections.
      data_sections_.erase(std::string(section.mid()));
    }
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
    const PeerConnectionInterface& connection,
    const webrtc::SessionDescriptionInterface& description) const {
  if (!description.description()) return RTCError::OK();
  size_t index = 0;
  for (const webrtc::ContentInfo& section : description.description()->contents()) {
    if (!IsData(section) && data_sections_.contains(std::string(section.mid()))) {
      return RTCError::InvalidModification("A data section became something else: ")
             << section.mid();
    }
    if (!IsData(section) && LacksEncodings(connection, section, index)) {
      return RTCError::InvalidModification("Encodings are missing: ") << section.mid();
    }
    ++index;
  }
  return RTCError::OK();
}

}  // namespace node_libwebrtc
