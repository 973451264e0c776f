#include "native/configuration.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "native/bridge/convert.h"
#include "native/certificate.h"
#include "rtc_base/ip_address.h"
#include "rtc_base/network_constants.h"

namespace node_libwebrtc {

namespace {

using webrtc::PeerConnectionInterface;
using webrtc::RTCError;

constexpr int64_t kMaxPort = 65535;

// What Chromium sets, as far as scripts and peers can see it.
void SetDefaults(PeerConnectionInterface::RTCConfiguration& configuration) {
  configuration.sdp_semantics = webrtc::SdpSemantics::kUnifiedPlan;
  configuration.enable_implicit_rollback = true;
  configuration.offer_extmap_allow_mixed = true;
  configuration.rtcp_mux_policy = PeerConnectionInterface::kRtcpMuxPolicyRequire;
  configuration.set_prerenderer_smoothing(false);
  configuration.set_experiment_cpu_load_estimator(true);
  // Nobody hears of it, and for a minute it would keep memory of connections long closed.
  configuration.report_usage_pattern_delay_ms = 0;
}

PeerConnectionInterface::IceServer ReadIceServer(napi_env env, napi_value value) {
  PeerConnectionInterface::IceServer server;
  for (napi_value url : ReadArray(env, Member(env, value, "urls"))) {
    server.urls.push_back(ReadString(env, url).value_or(""));
  }
  server.username = ReadString(env, Member(env, value, "username")).value_or("");
  server.password = ReadString(env, Member(env, value, "password")).value_or("");
  return server;
}

RTCError ReadNetworkSettings(napi_env env, napi_value value, NetworkSettings& settings) {
  const auto given = [env](napi_value member) {
    napi_valuetype type = napi_undefined;
    return member && napi_typeof(env, member, &type) == napi_ok && type != napi_undefined &&
           type != napi_null;
  };
  napi_value min = Member(env, value, "portMin");
  napi_value max = Member(env, value, "portMax");
  if (given(min) || given(max)) {
    std::optional<int64_t> min_port = given(min) ? ReadInteger(env, min, 0, kMaxPort) : 1;
    std::optional<int64_t> max_port = given(max) ? ReadInteger(env, max, 0, kMaxPort) : kMaxPort;
    if (!min_port || !max_port || *min_port > *max_port) {
      return RTCError::InvalidParameter("Not a range of ports");
    }
    settings.min_port = static_cast<int>(*min_port);
    settings.max_port = static_cast<int>(*max_port);
  }
  napi_value address = Member(env, value, "bindAddress");
  if (given(address)) {
    webrtc::IPAddress ip;
    std::optional<std::string> text = ReadString(env, address);
    if (!text || !webrtc::IPFromString(*text, &ip)) {
      return RTCError::InvalidParameter("bindAddress is no IP address");
    }
    settings.bind_address = ip;
  }
  napi_value mask = Member(env, value, "networkIgnoreMask");
  int ignore = 0;
  if (given(mask)) {
    std::optional<int64_t> number = ReadInteger(env, mask, 0, std::numeric_limits<uint16_t>::max());
    if (!number) return RTCError::InvalidParameter("networkIgnoreMask is no mask");
    ignore = static_cast<int>(*number);
  }
  const bool loopback = ReadBool(env, Member(env, value, "includeLoopback")).value_or(false);
  settings.network_ignore_mask =
      loopback ? ignore & ~webrtc::ADAPTER_TYPE_LOOPBACK : ignore | webrtc::ADAPTER_TYPE_LOOPBACK;
  return RTCError::OK();
}

}  // namespace

webrtc::RTCErrorOr<Configuration> ReadConfiguration(napi_env env, napi_value value) {
  Configuration result;
  PeerConnectionInterface::RTCConfiguration& rtc = result.rtc;
  SetDefaults(rtc);

  for (napi_value server : ReadArray(env, Member(env, value, "iceServers"))) {
    rtc.servers.push_back(ReadIceServer(env, server));
  }
  if (ReadString(env, Member(env, value, "iceTransportPolicy")) == "relay") {
    rtc.type = PeerConnectionInterface::kRelay;
  }
  const std::string bundle_policy =
      ReadString(env, Member(env, value, "bundlePolicy")).value_or("balanced");
  if (bundle_policy == "max-bundle") {
    rtc.bundle_policy = PeerConnectionInterface::kBundlePolicyMaxBundle;
  } else if (bundle_policy == "max-compat") {
    rtc.bundle_policy = PeerConnectionInterface::kBundlePolicyMaxCompat;
  }
  rtc.ice_candidate_pool_size = static_cast<int>(
      ReadInteger(env, Member(env, value, "iceCandidatePoolSize"), 0, 255).value_or(0));
  rtc.always_negotiate_data_channels =
      ReadBool(env, Member(env, value, "alwaysNegotiateDataChannels")).value_or(false);
  for (napi_value element : ReadArray(env, Member(env, value, "certificates"))) {
    auto certificate = CertificateHandle::Read(env, element);
    if (!certificate) return RTCError::InvalidParameter("Not a certificate");
    rtc.certificates.push_back(std::move(certificate));
  }

  RTCError error = ReadNetworkSettings(env, Member(env, value, "node"), result.network);
  if (!error.ok()) return error;
  return result;
}

}  // namespace node_libwebrtc
