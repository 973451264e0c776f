#include "native/event_log/event_encoding.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/string_view.h"
#include "api/candidate.h"
#include "api/dtls_transport_interface.h"
#include "api/network_state_predictor.h"
#include "api/rtp_headers.h"
#include "api/rtp_parameters.h"
#include "api/video/video_codec_type.h"
#include "logging/rtc_event_log/events/rtc_event_alr_state.h"
#include "logging/rtc_event_log/events/rtc_event_audio_network_adaptation.h"
#include "logging/rtc_event_log/events/rtc_event_audio_playout.h"
#include "logging/rtc_event_log/events/rtc_event_audio_receive_stream_config.h"
#include "logging/rtc_event_log/events/rtc_event_audio_send_stream_config.h"
#include "logging/rtc_event_log/events/rtc_event_bwe_update_delay_based.h"
#include "logging/rtc_event_log/events/rtc_event_bwe_update_loss_based.h"
#include "logging/rtc_event_log/events/rtc_event_bwe_update_scream.h"
#include "logging/rtc_event_log/events/rtc_event_dtls_transport_state.h"
#include "logging/rtc_event_log/events/rtc_event_dtls_writable_state.h"
#include "logging/rtc_event_log/events/rtc_event_frame_decoded.h"
#include "logging/rtc_event_log/events/rtc_event_ice_candidate_pair.h"
#include "logging/rtc_event_log/events/rtc_event_ice_candidate_pair_config.h"
#include "logging/rtc_event_log/events/rtc_event_neteq_set_minimum_delay.h"
#include "logging/rtc_event_log/events/rtc_event_probe_cluster_created.h"
#include "logging/rtc_event_log/events/rtc_event_probe_result_failure.h"
#include "logging/rtc_event_log/events/rtc_event_probe_result_success.h"
#include "logging/rtc_event_log/events/rtc_event_remote_estimate.h"
#include "logging/rtc_event_log/events/rtc_event_route_change.h"
#include "logging/rtc_event_log/events/rtc_event_rtcp_packet_incoming.h"
#include "logging/rtc_event_log/events/rtc_event_rtcp_packet_outgoing.h"
#include "logging/rtc_event_log/events/rtc_event_rtp_packet_incoming.h"
#include "logging/rtc_event_log/events/rtc_event_rtp_packet_outgoing.h"
#include "logging/rtc_event_log/events/rtc_event_video_receive_stream_config.h"
#include "logging/rtc_event_log/events/rtc_event_video_send_stream_config.h"
#include "logging/rtc_event_log/rtc_stream_config.h"
#include "modules/rtp_rtcp/source/rtp_header_extensions.h"
#include "native/event_log/protobuf_message.h"
#include "rtc_base/buffer.h"

namespace node_libwebrtc {

namespace {

// Fields of `EventStream`.
enum Stream {
  kIncomingRtp = 2,
  kOutgoingRtp = 3,
  kIncomingRtcp = 4,
  kOutgoingRtcp = 5,
  kAudioPlayout = 6,
  kFrameDecoded = 7,
  kBegin = 16,
  kEnd = 17,
  kLossBasedUpdate = 18,
  kDelayBasedUpdate = 19,
  kAudioNetworkAdaptation = 20,
  kProbeCluster = 21,
  kProbeSuccess = 22,
  kProbeFailure = 23,
  kAlrState = 24,
  kIceConfig = 25,
  kIceEvent = 26,
  kDtlsTransportState = 27,
  kDtlsWritableState = 28,
  kRouteChange = 32,
  kRemoteEstimate = 33,
  kNetEqMinimumDelay = 34,
  kScreamUpdate = 35,
  kAudioReceiveConfig = 101,
  kAudioSendConfig = 102,
  kVideoReceiveConfig = 103,
  kVideoSendConfig = 104,
};

// The first field of every event.
constexpr int kTimestamp = 1;

std::string InStream(Stream field, const ProtobufMessage& message) {
  ProtobufMessage stream;
  stream.Bytes(field, message.bytes());
  return stream.bytes();
}

// ---- Enumerations: the format's values where they are not the declaration's

int CandidateType(webrtc::IceCandidateType type) { return static_cast<int>(type) + 1; }

int NetworkType(webrtc::IceCandidateNetworkType type) {
  switch (type) {
    case webrtc::IceCandidateNetworkType::kEthernet:
      return 1;
    case webrtc::IceCandidateNetworkType::kWifi:
      return 2;
    case webrtc::IceCandidateNetworkType::kCellular:
      return 3;
    case webrtc::IceCandidateNetworkType::kVpn:
      return 4;
    case webrtc::IceCandidateNetworkType::kLoopback:
      return 5;
    default:
      return 0;
  }
}

int Detector(webrtc::BandwidthUsage usage) {
  switch (usage) {
    case webrtc::BandwidthUsage::kBwNormal:
      return 1;
    case webrtc::BandwidthUsage::kBwUnderusing:
      return 2;
    case webrtc::BandwidthUsage::kBwOverusing:
      return 3;
    default:
      return 0;
  }
}

int Codec(webrtc::VideoCodecType type) {
  switch (type) {
    case webrtc::kVideoCodecGeneric:
      return 1;
    case webrtc::kVideoCodecVP8:
      return 2;
    case webrtc::kVideoCodecVP9:
      return 3;
    case webrtc::kVideoCodecAV1:
      return 4;
    case webrtc::kVideoCodecH264:
      return 5;
    case webrtc::kVideoCodecH265:
      return 6;
  }
  return 0;
}

// ---- Packets

template <typename Event>
void EncodeRtp(const Event& event, ProtobufMessage& message) {
  message.Unsigned(2, event.Marker());
  message.Unsigned(3, event.PayloadType());
  message.Unsigned(4, event.SequenceNumber());
  message.Fixed32(5, event.Timestamp());
  message.Fixed32(6, event.Ssrc());
  message.Unsigned(8, event.payload_length());
  message.Unsigned(9, event.header_length());
  message.Unsigned(10, event.padding_length());
  uint16_t transport_sequence_number;
  if (event.template GetExtension<webrtc::TransportSequenceNumber>(&transport_sequence_number)) {
    message.Unsigned(15, transport_sequence_number);
  }
  int32_t transmission_time_offset;
  if (event.template GetExtension<webrtc::TransmissionOffset>(&transmission_time_offset)) {
    message.Signed(16, transmission_time_offset);
  }
  uint32_t absolute_send_time;
  if (event.template GetExtension<webrtc::AbsoluteSendTime>(&absolute_send_time)) {
    message.Unsigned(17, absolute_send_time);
  }
  webrtc::VideoRotation rotation;
  if (event.template GetExtension<webrtc::VideoOrientation>(&rotation)) {
    // As the header extension has it: quarter turns.
    message.Unsigned(18, static_cast<int>(rotation) / 90);
  }
  webrtc::AudioLevel level;
  if (event.template GetExtension<webrtc::AudioLevelExtension>(&level)) {
    message.Unsigned(19, level.level());
    message.Unsigned(20, level.voice_activity());
  }
}

// Reports and feedback. What says who the participants are (SDES) and what applications put in for
// themselves (APP) is nobody's business who reads a log.
std::string LoggableRtcp(const webrtc::Buffer& packet) {
  constexpr size_t kHeaderSize = 4;
  constexpr uint8_t kSourceDescription = 202;
  constexpr uint8_t kApplication = 204;
  std::string result;
  size_t at = 0;
  while (at + kHeaderSize <= packet.size()) {
    const uint8_t* header = packet.data() + at;
    const size_t words = static_cast<size_t>(header[2]) << 8 | header[3];
    const size_t size = std::min((words + 1) * 4, packet.size() - at);
    if (header[1] != kSourceDescription && header[1] != kApplication) {
      result.append(reinterpret_cast<const char*>(header), size);
    }
    at += size;
  }
  return result;
}

std::string EncodeRtcp(Stream field, const webrtc::Buffer& packet, ProtobufMessage& message) {
  const std::string loggable = LoggableRtcp(packet);
  if (loggable.empty()) return "";
  message.Bytes(2, loggable);
  return InStream(field, message);
}

// ---- Streams

void EncodeExtensions(int field, const webrtc::rtclog::StreamConfig& config,
                      ProtobufMessage& message) {
  ProtobufMessage extensions;
  for (const webrtc::RtpExtension& extension : config.rtp_extensions) {
    const absl::string_view uri = extension.uri;
    const int number = uri == webrtc::RtpExtension::kTimestampOffsetUri           ? 1
                       : uri == webrtc::RtpExtension::kAbsSendTimeUri             ? 2
                       : uri == webrtc::RtpExtension::kTransportSequenceNumberUri ? 3
                       : uri == webrtc::RtpExtension::kVideoRotationUri           ? 4
                       : uri == webrtc::RtpExtension::kAudioLevelUri              ? 5
                       : uri == webrtc::RtpExtension::kDependencyDescriptorUri    ? 6
                                                                                  : 0;
    if (number != 0) extensions.Signed(number, extension.id);
  }
  if (!extensions.bytes().empty()) message.Bytes(field, extensions.bytes());
}

std::string EncodeReceiveConfig(Stream field, const webrtc::rtclog::StreamConfig& config,
                                ProtobufMessage& message) {
  message.Unsigned(2, config.remote_ssrc);
  message.Unsigned(3, config.local_ssrc);
  if (field == kVideoReceiveConfig && config.rtx_ssrc != 0) message.Unsigned(4, config.rtx_ssrc);
  EncodeExtensions(5, config, message);
  return InStream(field, message);
}

std::string EncodeSendConfig(Stream field, const webrtc::rtclog::StreamConfig& config,
                             ProtobufMessage& message) {
  message.Unsigned(2, config.local_ssrc);
  if (field == kVideoSendConfig && config.rtx_ssrc != 0) message.Unsigned(3, config.rtx_ssrc);
  EncodeExtensions(4, config, message);
  return InStream(field, message);
}

// ---- The rest

std::string Encode(const webrtc::RtcEventAudioNetworkAdaptation& event, ProtobufMessage& message) {
  if (event.bitrate_bps()) message.Signed(2, *event.bitrate_bps());
  if (event.frame_length_ms()) message.Signed(3, *event.frame_length_ms());
  if (event.uplink_packet_loss_fraction()) {
    constexpr float kOne = (1 << 14) - 1;
    const float fraction = std::clamp(*event.uplink_packet_loss_fraction(), 0.0f, 1.0f);
    message.Unsigned(4, static_cast<uint64_t>(std::lround(fraction * kOne)));
  }
  if (event.enable_fec()) message.Unsigned(5, *event.enable_fec());
  if (event.enable_dtx()) message.Unsigned(6, *event.enable_dtx());
  if (event.num_channels()) message.Unsigned(7, *event.num_channels());
  return InStream(kAudioNetworkAdaptation, message);
}

std::string Encode(const webrtc::RtcEventIceCandidatePairConfig& event, ProtobufMessage& message) {
  const webrtc::IceCandidatePairDescription& pair = event.candidate_pair_desc();
  message.Unsigned(2, static_cast<int>(event.type()) + 1);
  message.Unsigned(3, event.candidate_pair_id());
  message.Unsigned(4, CandidateType(pair.local_candidate_type));
  message.Unsigned(5, static_cast<int>(pair.local_relay_protocol));
  message.Unsigned(6, NetworkType(pair.local_network_type));
  message.Unsigned(7, static_cast<int>(pair.local_address_family));
  message.Unsigned(8, CandidateType(pair.remote_candidate_type));
  message.Unsigned(9, static_cast<int>(pair.remote_address_family));
  message.Unsigned(10, static_cast<int>(pair.candidate_pair_protocol));
  return InStream(kIceConfig, message);
}

std::string Encode(const webrtc::RtcEventFrameDecoded& event, ProtobufMessage& message) {
  message.Fixed32(2, event.ssrc());
  message.Signed(3, event.render_time_ms());
  message.Signed(4, event.width());
  message.Signed(5, event.height());
  message.Unsigned(6, Codec(event.codec()));
  message.Unsigned(7, event.qp());
  return InStream(kFrameDecoded, message);
}

std::string Encode(const webrtc::RtcEventBweUpdateScream& event, ProtobufMessage& message) {
  message.Unsigned(2, event.ref_window_bytes());
  message.Unsigned(3, event.target_rate_kbps());
  message.Unsigned(4, event.smoothed_rtt_ms());
  message.Unsigned(5, event.avg_queue_delay_ms());
  message.Unsigned(6, event.l4s_marked_permille());
  return InStream(kScreamUpdate, message);
}

std::string Encode(const webrtc::RtcEventRemoteEstimate& event, ProtobufMessage& message) {
  if (event.link_capacity_lower_.IsFinite()) {
    message.Unsigned(2, event.link_capacity_lower_.kbps<uint32_t>());
  }
  if (event.link_capacity_upper_.IsFinite()) {
    message.Unsigned(3, event.link_capacity_upper_.kbps<uint32_t>());
  }
  return InStream(kRemoteEstimate, message);
}

template <typename Event>
const Event& As(const webrtc::RtcEvent& event) {
  return static_cast<const Event&>(event);
}

}  // namespace

std::string EncodeBegin(int64_t timestamp_ms, int64_t utc_time_ms) {
  constexpr int kVersion = 2;
  ProtobufMessage message;
  message.Signed(kTimestamp, timestamp_ms);
  message.Unsigned(2, kVersion);
  message.Signed(3, utc_time_ms);
  return InStream(kBegin, message);
}

std::string EncodeEnd(int64_t timestamp_ms) {
  ProtobufMessage message;
  message.Signed(kTimestamp, timestamp_ms);
  return InStream(kEnd, message);
}

std::string EncodeEvent(const webrtc::RtcEvent& event) {
  using webrtc::RtcEvent;
  ProtobufMessage message;
  message.Signed(kTimestamp, event.timestamp_ms());
  switch (event.GetType()) {
    case RtcEvent::Type::RtpPacketIncoming:
      EncodeRtp(As<webrtc::RtcEventRtpPacketIncoming>(event), message);
      return InStream(kIncomingRtp, message);
    case RtcEvent::Type::RtpPacketOutgoing:
      EncodeRtp(As<webrtc::RtcEventRtpPacketOutgoing>(event), message);
      return InStream(kOutgoingRtp, message);
    case RtcEvent::Type::RtcpPacketIncoming:
      return EncodeRtcp(kIncomingRtcp, As<webrtc::RtcEventRtcpPacketIncoming>(event).packet(),
                        message);
    case RtcEvent::Type::RtcpPacketOutgoing:
      return EncodeRtcp(kOutgoingRtcp, As<webrtc::RtcEventRtcpPacketOutgoing>(event).packet(),
                        message);
    case RtcEvent::Type::AudioReceiveStreamConfig:
      return EncodeReceiveConfig(kAudioReceiveConfig,
                                 As<webrtc::RtcEventAudioReceiveStreamConfig>(event).config(),
                                 message);
    case RtcEvent::Type::VideoReceiveStreamConfig:
      return EncodeReceiveConfig(kVideoReceiveConfig,
                                 As<webrtc::RtcEventVideoReceiveStreamConfig>(event).config(),
                                 message);
    case RtcEvent::Type::AudioSendStreamConfig:
      return EncodeSendConfig(kAudioSendConfig,
                              As<webrtc::RtcEventAudioSendStreamConfig>(event).config(), message);
    case RtcEvent::Type::VideoSendStreamConfig:
      return EncodeSendConfig(kVideoSendConfig,
                              As<webrtc::RtcEventVideoSendStreamConfig>(event).config(), message);
    case RtcEvent::Type::AudioPlayout:
      message.Unsigned(2, As<webrtc::RtcEventAudioPlayout>(event).ssrc());
      return InStream(kAudioPlayout, message);
    case RtcEvent::Type::FrameDecoded:
      return Encode(As<webrtc::RtcEventFrameDecoded>(event), message);
    case RtcEvent::Type::AudioNetworkAdaptation:
      return Encode(As<webrtc::RtcEventAudioNetworkAdaptation>(event), message);
    case RtcEvent::Type::IceCandidatePairConfig:
      return Encode(As<webrtc::RtcEventIceCandidatePairConfig>(event), message);
    case RtcEvent::Type::BweUpdateScream:
      return Encode(As<webrtc::RtcEventBweUpdateScream>(event), message);
    case RtcEvent::Type::RemoteEstimateEvent:
      return Encode(As<webrtc::RtcEventRemoteEstimate>(event), message);
    case RtcEvent::Type::IceCandidatePairEvent: {
      const auto& check = As<webrtc::RtcEventIceCandidatePair>(event);
      message.Unsigned(2, static_cast<int>(check.type()) + 1);
      message.Unsigned(3, check.candidate_pair_id());
      message.Unsigned(4, check.transaction_id());
      return InStream(kIceEvent, message);
    }
    case RtcEvent::Type::BweUpdateLossBased: {
      const auto& update = As<webrtc::RtcEventBweUpdateLossBased>(event);
      message.Unsigned(2, static_cast<uint32_t>(update.bitrate_bps()));
      message.Unsigned(3, update.fraction_loss());
      message.Unsigned(4, static_cast<uint32_t>(update.total_packets()));
      return InStream(kLossBasedUpdate, message);
    }
    case RtcEvent::Type::BweUpdateDelayBased: {
      const auto& update = As<webrtc::RtcEventBweUpdateDelayBased>(event);
      message.Unsigned(2, static_cast<uint32_t>(update.bitrate_bps()));
      message.Unsigned(3, Detector(update.detector_state()));
      return InStream(kDelayBasedUpdate, message);
    }
    case RtcEvent::Type::ProbeClusterCreated: {
      const auto& probe = As<webrtc::RtcEventProbeClusterCreated>(event);
      message.Unsigned(2, static_cast<uint32_t>(probe.id()));
      message.Unsigned(3, static_cast<uint32_t>(probe.bitrate_bps()));
      message.Unsigned(4, probe.min_probes());
      message.Unsigned(5, probe.min_bytes());
      return InStream(kProbeCluster, message);
    }
    case RtcEvent::Type::ProbeResultSuccess: {
      const auto& probe = As<webrtc::RtcEventProbeResultSuccess>(event);
      message.Unsigned(2, static_cast<uint32_t>(probe.id()));
      message.Unsigned(3, static_cast<uint32_t>(probe.bitrate_bps()));
      return InStream(kProbeSuccess, message);
    }
    case RtcEvent::Type::ProbeResultFailure: {
      const auto& probe = As<webrtc::RtcEventProbeResultFailure>(event);
      message.Unsigned(2, static_cast<uint32_t>(probe.id()));
      message.Unsigned(3, static_cast<int>(probe.failure_reason()) + 1);
      return InStream(kProbeFailure, message);
    }
    case RtcEvent::Type::AlrStateEvent:
      message.Unsigned(2, As<webrtc::RtcEventAlrState>(event).in_alr());
      return InStream(kAlrState, message);
    case RtcEvent::Type::DtlsTransportState: {
      const auto& transport = As<webrtc::RtcEventDtlsTransportState>(event);
      message.Unsigned(2, static_cast<int>(transport.dtls_transport_state()) + 1);
      return InStream(kDtlsTransportState, message);
    }
    case RtcEvent::Type::DtlsWritableState:
      message.Unsigned(2, As<webrtc::RtcEventDtlsWritableState>(event).writable());
      return InStream(kDtlsWritableState, message);
    case RtcEvent::Type::RouteChangeEvent: {
      const auto& route = As<webrtc::RtcEventRouteChange>(event);
      message.Unsigned(2, route.connected());
      message.Unsigned(3, route.overhead());
      return InStream(kRouteChange, message);
    }
    case RtcEvent::Type::NetEqSetMinimumDelay: {
      const auto& delay = As<webrtc::RtcEventNetEqSetMinimumDelay>(event);
      message.Fixed32(2, delay.remote_ssrc());
      message.Signed(3, delay.minimum_delay_ms());
      return InStream(kNetEqMinimumDelay, message);
    }
    case RtcEvent::Type::BeginV3Log:
    case RtcEvent::Type::EndV3Log:
    case RtcEvent::Type::FakeEvent:
      break;
  }
  return "";
}

}  // namespace node_libwebrtc
