#include "native/description_guard.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "api/media_types.h"
#include "media/base/stream_params.h"
#include "pc/session_description.h"

namespace node_libwebrtc {

namespace {

using webrtc::PeerConnectionInterface;
using webrtc::RTCError;

bool IsData(const webrtc::ContentInfo& section) {
  return section.media_description()->type() == webrtc::MediaType::DATA;
}

// Of what the section sends, by the names of encodings or by their SSRCs.
size_t CountEncodings(const webrtc::ContentInfo& section) {
  size_t count = 0;
  for (const webrtc::StreamParams& stream : section.media_description()->streams()) {
    std::vector<uint32_t> ssrcs;
    stream.GetPrimarySsrcs(&ssrcs);
    count += std::max(ssrcs.size(), stream.rids().size());
  }
  return count;
}

}  // namespace

void DescriptionGuard::OnCreated(const webrtc::SessionDescriptionInterface* description) {
  if (!description || !description->description()) return;
  for (const webrtc::ContentInfo& section : description->description()->contents()) {
    if (IsData(section)) {
      data_sections_.emplace(section.mid());
    } else {
      encodings_[std::string(section.mid())] = CountEncodings(section);
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
    const webrtc::SessionDescriptionInterface& description) const {
  if (!description.description()) return RTCError::OK();
  for (const webrtc::ContentInfo& section : description.description()->contents()) {
    if (IsData(section)) continue;
    const std::string mid(section.mid());
    if (data_sections_.contains(mid)) {
      return RTCError::InvalidModification("A data section became something else: ") << mid;
    }
    // Without any stream the sender stays as it is; libwebrtc makes up the one of a stream without
    // SSRCs.
    auto made = encodings_.find(mid);
    const size_t count = CountEncodings(section);
    if (made != encodings_.end() && made->second > 1 && !section.rejected && count < made->second &&
        !section.media_description()->streams().empty()) {
      return RTCError::InvalidModification("Encodings are missing: ") << mid;
    }
  }
  return RTCError::OK();
}

}  // namespace node_libwebrtc
