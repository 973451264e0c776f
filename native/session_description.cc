#include "native/session_description.h"

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "native/bridge/convert.h"

namespace node_libwebrtc {

namespace {

// The parser tells the line's text; the number is that of the first such line. Where it expects a
// line and the text is at its end, that is the one after the last.
std::optional<int> FindLine(absl::string_view sdp, const webrtc::SdpParseError& error) {
  const absl::string_view line = error.line;
  const bool expected = error.description.starts_with("Expect line:");
  // The failure is in no single line.
  if (line.empty() && !expected) return std::nullopt;
  int number = 1;
  while (!sdp.empty()) {
    const size_t end = sdp.find('\n');
    absl::string_view candidate = sdp.substr(0, end);
    if (!candidate.empty() && candidate.back() == '\r') candidate.remove_suffix(1);
    if (candidate == line) return number;
    ++number;
    if (end == absl::string_view::npos) break;
    sdp.remove_prefix(end + 1);
  }
  return line.empty() ? std::optional<int>(number) : std::nullopt;
}

}  // namespace

ParsedDescription ReadDescription(napi_env env, napi_value value) {
  ParsedDescription result;
  std::optional<webrtc::SdpType> type =
      webrtc::SdpTypeFromString(ReadString(env, Member(env, value, "type")).value_or(""));
  if (!type) {
    result.error = webrtc::RTCError::InvalidParameter("Not a type of description");
    return result;
  }
  const std::string sdp = ReadString(env, Member(env, value, "sdp")).value_or("");
  webrtc::SdpParseError parse_error;
  result.description = webrtc::CreateSessionDescription(*type, sdp, &parse_error);
  if (!result.description) {
    result.error = webrtc::RTCError::SyntaxError("Failed to parse SessionDescription. ")
                   << parse_error.line << " " << parse_error.description;
    result.error.set_error_detail(webrtc::RTCErrorDetailType::SDP_SYNTAX_ERROR);
    result.line_number = FindLine(sdp, parse_error);
  }
  return result;
}

napi_value MakeDescription(napi_env env, const webrtc::SessionDescriptionInterface* description) {
  if (!description) return Null(env);
  return MakeObject(env, {{"type", ToJs(env, webrtc::SdpTypeToString(description->GetType()))},
                          {"sdp", ToJs(env, description->ToString())}});
}

}  // namespace node_libwebrtc
