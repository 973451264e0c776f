#include "native/event_log/key_frame_requests.h"

#include <cstddef>
#include <set>
#include <utility>

#include "modules/rtp_rtcp/source/rtcp_packet/common_header.h"
#include "modules/rtp_rtcp/source/rtcp_packet/fir.h"
#include "modules/rtp_rtcp/source/rtcp_packet/pli.h"
#include "modules/rtp_rtcp/source/rtcp_packet/psfb.h"

namespace node_libwebrtc {

namespace {

using webrtc::rtcp::CommonHeader;
using webrtc::rtcp::Fir;
using webrtc::rtcp::Pli;
using webrtc::rtcp::Psfb;

// A peer may name any SSRC; a connection does not send so many streams.
constexpr size_t kMaxRememberedStreams = 256;

}  // namespace

void KeyFrameRequests::Add(const void* owner, Listener listener) {
  webrtc::MutexLock lock(&mutex_);
  listeners_[owner] = std::move(listener);
  wanted_ = true;
}

void KeyFrameRequests::Remove(const void* owner) {
  webrtc::MutexLock lock(&mutex_);
  listeners_.erase(owner);
  wanted_ = !listeners_.empty();
}

void KeyFrameRequests::Parse(std::span<const uint8_t> packet) {
  webrtc::MutexLock lock(&mutex_);
  std::set<uint32_t> ssrcs;
  const uint8_t* const end = packet.data() + packet.size();
  CommonHeader header;
  for (const uint8_t* next = packet.data(); next != end; next = header.NextPacket()) {
    // What follows something malformed cannot be found.
    if (!header.Parse(next, static_cast<size_t>(end - next))) break;
    if (header.type() != Psfb::kPacketType) continue;
    if (header.fmt() == Pli::kFeedbackMessageType) {
      Pli indication;
      if (indication.Parse(header)) ssrcs.insert(indication.media_ssrc());
    } else if (header.fmt() == Fir::kFeedbackMessageType) {
      Fir requests;
      if (!requests.Parse(header)) continue;
      for (const Fir::Request& request : requests.requests()) {
        if (IsNew(request.ssrc, request.seq_nr)) ssrcs.insert(request.ssrc);
      }
    }
  }
  for (const uint32_t ssrc : ssrcs) {
    for (auto& [owner, listener] : listeners_) listener(ssrc);
  }
}

bool KeyFrameRequests::IsNew(uint32_t ssrc, uint8_t sequence_number) {
  const auto known = sequence_numbers_.find(ssrc);
  if (known != sequence_numbers_.end()) {
    return std::exchange(known->second, sequence_number) != sequence_number;
  }
  if (sequence_numbers_.size() == kMaxRememberedStreams) sequence_numbers_.clear();
  sequence_numbers_[ssrc] = sequence_number;
  return true;
}

}  // namespace node_libwebrtc
