#include "native/rtp_parameters.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "api/priority.h"
#include "api/video_codecs/scalability_mode.h"
#include "native/bridge/convert.h"
#include "rtc_base/strings/string_builder.h"

namespace node_libwebrtc {

namespace {

using webrtc::DegradationPreference;
using webrtc::MediaType;
using webrtc::Priority;
using webrtc::RTCError;
using webrtc::RTCErrorOr;
using webrtc::RtpTransceiverDirection;

// libwebrtc makes an int of it.
constexpr double kMaxFramerate = 1'000'000;

struct PriorityName {
  const char* name;
  Priority priority;
  double bitrate_priority;
};
// The weights are those of the WebRTC Priority specification, section 3.
constexpr std::array<PriorityName, 4> kPriorities = {{{"very-low", Priority::kVeryLow, 0.5},
                                                      {"low", Priority::kLow, 1},
                                                      {"medium", Priority::kMedium, 2},
                                                      {"high", Priority::kHigh, 4}}};

const PriorityName& ReadPriority(napi_env env, napi_value value) {
  const std::string name = ReadString(env, value).value_or("low");
  for (const PriorityName& priority : kPriorities) {
    if (name == priority.name) return priority;
  }
  return kPriorities[1];
}

const char* ToString(Priority value) {
  for (const PriorityName& priority : kPriorities) {
    if (priority.priority == value) return priority.name;
  }
  return "low";
}

const char* BitratePriorityName(double value) {
  for (const PriorityName& priority : kPriorities) {
    if (value <= priority.bitrate_priority) return priority.name;
  }
  return "high";
}

constexpr std::array<std::pair<const char*, DegradationPreference>, 4> kDegradations = {
    {{"maintain-framerate", DegradationPreference::MAINTAIN_FRAMERATE},
     {"maintain-resolution", DegradationPreference::MAINTAIN_RESOLUTION},
     {"balanced", DegradationPreference::BALANCED},
     {"maintain-framerate-and-resolution",
      DegradationPreference::MAINTAIN_FRAMERATE_AND_RESOLUTION}}};

std::optional<DegradationPreference> ReadDegradation(napi_env env, napi_value value) {
  const std::optional<std::string> name = ReadString(env, value);
  for (const auto& [known, preference] : kDegradations) {
    if (name == known) return preference;
  }
  return std::nullopt;
}

// Null, which makes no member, for no value.
template <typename T>
napi_value Optional(napi_env env, const std::optional<T>& value) {
  return value ? ToJs(env, *value) : nullptr;
}

napi_value MakeFmtpLine(napi_env env, const webrtc::RtpCodec& codec) {
  webrtc::StringBuilder line;
  return webrtc::WriteFmtpParameters(codec.parameters, line) ? ToJs(env, line.str()) : nullptr;
}

napi_value MakeCodec(napi_env env, const webrtc::RtpCodec& codec) {
  const bool audio = codec.kind == MediaType::AUDIO;
  return MakeObject(env, {{"mimeType", ToJs(env, codec.mime_type())},
                          {"clockRate", ToJs(env, codec.clock_rate.value_or(0))},
                          {"channels", audio ? ToJs(env, codec.num_channels.value_or(1)) : nullptr},
                          {"sdpFmtpLine", MakeFmtpLine(env, codec)}});
}

napi_value MakeCodecs(napi_env env, const webrtc::RtpParameters& parameters) {
  std::vector<napi_value> codecs;
  for (const webrtc::RtpCodecParameters& codec : parameters.codecs) {
    const napi_value object = MakeCodec(env, codec);
    napi_set_named_property(env, object, "payloadType", ToJs(env, codec.payload_type));
    codecs.push_back(object);
  }
  return MakeArray(env, codecs);
}

napi_value MakeNegotiatedExtensions(napi_env env, const webrtc::RtpParameters& parameters) {
  std::vector<napi_value> extensions;
  extensions.reserve(parameters.header_extensions.size());
  for (const webrtc::RtpExtension& extension : parameters.header_extensions) {
    extensions.push_back(MakeObject(env, {{"uri", ToJs(env, extension.uri)},
                                          {"id", ToJs(env, extension.id.value())},
                                          {"encrypted", ToJs(env, extension.encrypt)}}));
  }
  return MakeArray(env, extensions);
}

napi_value MakeResolution(napi_env env, const std::optional<webrtc::Resolution>& resolution) {
  if (!resolution) return nullptr;
  return MakeObject(env, {{"maxWidth", ToJs(env, resolution->width)},
                          {"maxHeight", ToJs(env, resolution->height)}});
}

// No resolution for what is no object with two dimensions.
std::optional<webrtc::Resolution> ReadResolution(napi_env env, napi_value value) {
  const auto read = [&](const char* name) {
    return ReadInteger(env, Member(env, value, name), 1, std::numeric_limits<int>::max());
  };
  const std::optional<int64_t> width = read("maxWidth");
  const std::optional<int64_t> height = read("maxHeight");
  if (!width || !height) return std::nullopt;
  return webrtc::Resolution{.width = static_cast<int>(*width), .height = static_cast<int>(*height)};
}

napi_value MakeEncoding(napi_env env, const webrtc::RtpEncodingParameters& encoding,
                        MediaType kind) {
  const bool video = kind == MediaType::VIDEO;
  return MakeObject(
      env, {{"rid", encoding.rid.empty() ? nullptr : ToJs(env, encoding.rid)},
            {"active", ToJs(env, encoding.active)},
            {"maxBitrate", Optional(env, encoding.max_bitrate_bps)},
            {"maxFramerate", video ? Optional(env, encoding.max_framerate) : nullptr},
            {"scaleResolutionDownBy",
             video ? Optional(env, encoding.scale_resolution_down_by) : nullptr},
            {"scaleResolutionDownTo",
             video ? MakeResolution(env, encoding.scale_resolution_down_to) : nullptr},
            {"scalabilityMode", video ? Optional(env, encoding.scalability_mode) : nullptr},
            {"priority", ToJs(env, BitratePriorityName(encoding.bitrate_priority))},
            {"networkPriority", ToJs(env, ToString(encoding.network_priority))},
            {"adaptivePtime", ToJs(env, encoding.adaptive_ptime)},
            {"codec", encoding.codec ? MakeCodec(env, *encoding.codec) : nullptr}});
}

RTCError ReadEncoding(napi_env env, napi_value value, webrtc::RtpEncodingParameters& encoding) {
  encoding.rid = ReadString(env, Member(env, value, "rid")).value_or("");
  encoding.active = ReadBool(env, Member(env, value, "active")).value_or(true);
  encoding.max_bitrate_bps.reset();
  if (std::optional<double> bitrate = ReadNumber(env, Member(env, value, "maxBitrate"))) {
    encoding.max_bitrate_bps =
        static_cast<int>(std::clamp<double>(*bitrate, 0, std::numeric_limits<int>::max()));
  }
  encoding.max_framerate = ReadNumber(env, Member(env, value, "maxFramerate"));
  if (encoding.max_framerate) {
    encoding.max_framerate = std::min(*encoding.max_framerate, kMaxFramerate);
  }
  encoding.scale_resolution_down_by = ReadNumber(env, Member(env, value, "scaleResolutionDownBy"));
  encoding.scale_resolution_down_to =
      ReadResolution(env, Member(env, value, "scaleResolutionDownTo"));
  encoding.scalability_mode = ReadString(env, Member(env, value, "scalabilityMode"));
  encoding.bitrate_priority = ReadPriority(env, Member(env, value, "priority")).bitrate_priority;
  encoding.network_priority = ReadPriority(env, Member(env, value, "networkPriority")).priority;
  encoding.adaptive_ptime = ReadBool(env, Member(env, value, "adaptivePtime")).value_or(false);
  encoding.codec.reset();
  const napi_value codec = Member(env, value, "codec");
  napi_valuetype type = napi_undefined;
  if (codec && napi_typeof(env, codec, &type) == napi_ok && type == napi_object) {
    RTCErrorOr<webrtc::RtpCodecCapability> read = ReadCodec(env, codec);
    if (!read.ok()) return read.MoveError();
    encoding.codec = read.MoveValue();
  }
  return RTCError::OK();
}

}  // namespace

const char* ToString(MediaType kind) { return kind == MediaType::VIDEO ? "video" : "audio"; }

std::optional<MediaType> ReadMediaKind(napi_env env, napi_value value) {
  const std::optional<std::string> kind = ReadString(env, value);
  if (kind == "audio") return MediaType::AUDIO;
  if (kind == "video") return MediaType::VIDEO;
  return std::nullopt;
}

const char* ToString(RtpTransceiverDirection direction) {
  switch (direction) {
    case RtpTransceiverDirection::kSendRecv:
      return "sendrecv";
    case RtpTransceiverDirection::kSendOnly:
      return "sendonly";
    case RtpTransceiverDirection::kRecvOnly:
      return "recvonly";
    case RtpTransceiverDirection::kInactive:
      return "inactive";
    case RtpTransceiverDirection::kStopped:
      break;
  }
  return "stopped";
}

napi_value MakeDirection(napi_env env, std::optional<RtpTransceiverDirection> direction) {
  return direction ? ToJs(env, ToString(*direction)) : Null(env);
}

std::optional<RtpTransceiverDirection> ReadDirection(napi_env env, napi_value value,
                                                     bool may_be_stopped) {
  const std::optional<std::string> name = ReadString(env, value);
  for (RtpTransceiverDirection direction :
       {RtpTransceiverDirection::kSendRecv, RtpTransceiverDirection::kSendOnly,
        RtpTransceiverDirection::kRecvOnly, RtpTransceiverDirection::kInactive,
        RtpTransceiverDirection::kStopped}) {
    if (direction == RtpTransceiverDirection::kStopped && !may_be_stopped) continue;
    if (name == ToString(direction)) return direction;
  }
  return std::nullopt;
}

RTCErrorOr<webrtc::RtpCodecCapability> ReadCodec(napi_env env, napi_value value) {
  const std::string mime_type = ReadString(env, Member(env, value, "mimeType")).value_or("");
  const size_t slash = mime_type.find('/');
  webrtc::RtpCodecCapability codec;
  if (slash != std::string::npos && absl::EqualsIgnoreCase(mime_type.substr(0, slash), "audio")) {
    codec.kind = MediaType::AUDIO;
  } else if (slash != std::string::npos &&
             absl::EqualsIgnoreCase(mime_type.substr(0, slash), "video")) {
    codec.kind = MediaType::VIDEO;
  } else {
    return RTCError(webrtc::RTCErrorType::INVALID_MODIFICATION, "Not a codec: " + mime_type);
  }
  codec.name = mime_type.substr(slash + 1);
  const auto read_int = [&](const char* name) -> std::optional<int> {
    std::optional<int64_t> number =
        ReadInteger(env, Member(env, value, name), 0, std::numeric_limits<int>::max());
    return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
  };
  codec.clock_rate = read_int("clockRate");
  codec.num_channels = read_int("channels");
  const std::string line = ReadString(env, Member(env, value, "sdpFmtpLine")).value_or("");
  if (!line.empty()) {
    webrtc::CodecParameterMap parameters;
    if (RTCError error = webrtc::ParseFmtpParameterSet(line, parameters); !error.ok()) {
      return RTCError(webrtc::RTCErrorType::INVALID_MODIFICATION, error.message());
    }
    codec.parameters.insert(parameters.begin(), parameters.end());
  }
  return codec;
}

RTCErrorOr<std::vector<webrtc::RtpEncodingParameters>> ReadEncodings(
    napi_env env, napi_value value, const std::vector<webrtc::RtpEncodingParameters>& base) {
  std::vector<webrtc::RtpEncodingParameters> encodings;
  for (napi_value element : ReadArray(env, value)) {
    encodings.push_back(encodings.size() < base.size() ? base[encodings.size()]
                                                       : webrtc::RtpEncodingParameters());
    if (RTCError error = ReadEncoding(env, element, encodings.back()); !error.ok()) return error;
  }
  return encodings;
}

std::vector<EncodingPriorities> TakePriorities(
    std::vector<webrtc::RtpEncodingParameters>& encodings) {
  std::vector<EncodingPriorities> priorities;
  for (webrtc::RtpEncodingParameters& encoding : encodings) {
    priorities.push_back(
        {.bitrate = encoding.bitrate_priority, .network = encoding.network_priority});
    if (priorities.size() == 1) continue;
    encoding.bitrate_priority = webrtc::kDefaultBitratePriority;
    encoding.network_priority = Priority::kLow;
  }
  return priorities;
}

napi_value MakeReceiveParameters(napi_env env, const webrtc::RtpParameters& parameters) {
  return MakeObject(
      env, {{"headerExtensions", MakeNegotiatedExtensions(env, parameters)},
            {"rtcp", MakeObject(env, {{"cname", ToJs(env, parameters.rtcp.cname)},
                                      {"reducedSize", ToJs(env, parameters.rtcp.reduced_size)}})},
            {"codecs", MakeCodecs(env, parameters)}});
}

napi_value MakeSendParameters(napi_env env, webrtc::RtpParameters parameters, MediaType kind,
                              const std::vector<EncodingPriorities>& priorities) {
  std::vector<napi_value> encodings;
  for (webrtc::RtpEncodingParameters& encoding : parameters.encodings) {
    if (const size_t i = encodings.size(); i > 0 && i < priorities.size()) {
      encoding.bitrate_priority = priorities[i].bitrate;
      encoding.network_priority = priorities[i].network;
    }
    encodings.push_back(MakeEncoding(env, encoding, kind));
  }
  napi_value result = MakeReceiveParameters(env, parameters);
  napi_set_named_property(env, result, "transactionId", ToJs(env, parameters.transaction_id));
  napi_set_named_property(env, result, "encodings", MakeArray(env, encodings));
  if (parameters.degradation_preference) {
    napi_set_named_property(
        env, result, "degradationPreference",
        ToJs(env, webrtc::DegradationPreferenceToString(*parameters.degradation_preference)));
  }
  return result;
}

RTCError ReadSendParameters(napi_env env, napi_value value, webrtc::RtpParameters& parameters) {
  auto encodings = ReadEncodings(env, Member(env, value, "encodings"), parameters.encodings);
  if (!encodings.ok()) return encodings.MoveError();
  // libwebrtc compares the number with its own only after it has relied on it.
  if (encodings.value().size() != parameters.encodings.size()) {
    return RTCError::InvalidModification("The number of encodings cannot change");
  }
  parameters.encodings = encodings.MoveValue();
  parameters.degradation_preference =
      ReadDegradation(env, Member(env, value, "degradationPreference"));
  return RTCError::OK();
}

napi_value MakeCapabilities(napi_env env, const webrtc::RtpCapabilities& capabilities) {
  std::vector<napi_value> codecs;
  for (const webrtc::RtpCodecCapability& codec : capabilities.codecs) {
    const napi_value object = MakeCodec(env, codec);
    if (!codec.scalability_modes.empty()) {
      std::vector<napi_value> modes;
      for (webrtc::ScalabilityMode mode : codec.scalability_modes) {
        modes.push_back(ToJs(env, webrtc::ScalabilityModeToString(mode)));
      }
      napi_set_named_property(env, object, "scalabilityModes", MakeArray(env, modes));
    }
    codecs.push_back(object);
  }
  std::vector<napi_value> extensions;
  extensions.reserve(capabilities.header_extensions.size());
  for (const webrtc::RtpHeaderExtensionCapability& extension : capabilities.header_extensions) {
    extensions.push_back(MakeObject(env, {{"uri", ToJs(env, extension.uri)}}));
  }
  return MakeObject(
      env, {{"codecs", MakeArray(env, codecs)}, {"headerExtensions", MakeArray(env, extensions)}});
}

napi_value MakeHeaderExtensions(
    napi_env env, const std::vector<webrtc::RtpHeaderExtensionCapability>& extensions) {
  std::vector<napi_value> result;
  result.reserve(extensions.size());
  for (const webrtc::RtpHeaderExtensionCapability& extension : extensions) {
    result.push_back(MakeObject(env, {{"uri", ToJs(env, extension.uri)},
                                      {"direction", ToJs(env, ToString(extension.direction))}}));
  }
  return MakeArray(env, result);
}

RTCErrorOr<std::vector<webrtc::RtpHeaderExtensionCapability>> ReadHeaderExtensions(
    napi_env env, napi_value value) {
  std::vector<webrtc::RtpHeaderExtensionCapability> extensions;
  for (napi_value element : ReadArray(env, value)) {
    webrtc::RtpHeaderExtensionCapability& extension = extensions.emplace_back();
    extension.uri = ReadString(env, Member(env, element, "uri")).value_or("");
    auto direction = ReadDirection(env, Member(env, element, "direction"), /*may_be_stopped=*/true);
    if (!direction) return RTCError::InvalidParameter("A header extension needs a direction");
    extension.direction = *direction;
  }
  return extensions;
}

}  // namespace node_libwebrtc
