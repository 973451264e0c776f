#include "native/bridge/error.h"

#include "native/bridge/convert.h"

namespace node_libwebrtc {

namespace {

using webrtc::RTCErrorDetailType;
using webrtc::RTCErrorType;

const char* TypeName(RTCErrorType type) {
  switch (type) {
    case RTCErrorType::UNSUPPORTED_OPERATION:
      return "UNSUPPORTED_OPERATION";
    case RTCErrorType::UNSUPPORTED_PARAMETER:
      return "UNSUPPORTED_PARAMETER";
    case RTCErrorType::INVALID_PARAMETER:
      return "INVALID_PARAMETER";
    case RTCErrorType::INVALID_RANGE:
      return "INVALID_RANGE";
    case RTCErrorType::SYNTAX_ERROR:
      return "SYNTAX_ERROR";
    case RTCErrorType::INVALID_STATE:
      return "INVALID_STATE";
    case RTCErrorType::INVALID_MODIFICATION:
      return "INVALID_MODIFICATION";
    case RTCErrorType::NETWORK_ERROR:
      return "NETWORK_ERROR";
    case RTCErrorType::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case RTCErrorType::OPERATION_ERROR_WITH_DATA:
      return "OPERATION_ERROR_WITH_DATA";
    case RTCErrorType::NONE:
    case RTCErrorType::INTERNAL_ERROR:
      return "INTERNAL_ERROR";
  }
}

const char* DetailName(RTCErrorDetailType detail) {
  switch (detail) {
    case RTCErrorDetailType::NONE:
      return "none";
    case RTCErrorDetailType::DATA_CHANNEL_FAILURE:
      return "data-channel-failure";
    case RTCErrorDetailType::DTLS_FAILURE:
      return "dtls-failure";
    case RTCErrorDetailType::FINGERPRINT_FAILURE:
      return "fingerprint-failure";
    case RTCErrorDetailType::SCTP_FAILURE:
      return "sctp-failure";
    case RTCErrorDetailType::SDP_SYNTAX_ERROR:
      return "sdp-syntax-error";
    case RTCErrorDetailType::HARDWARE_ENCODER_NOT_AVAILABLE:
      return "hardware-encoder-not-available";
    case RTCErrorDetailType::HARDWARE_ENCODER_ERROR:
      return "hardware-encoder-error";
  }
}

}  // namespace

napi_value ToJs(napi_env env, const webrtc::RTCError& error, std::optional<int> sdp_line_number) {
  if (error.ok()) return Null(env);
  napi_value result = nullptr;
  if (napi_create_error(env, nullptr, ToJs(env, error.message()), &result) != napi_ok) {
    return Null(env);
  }
  napi_set_named_property(env, result, "type", ToJs(env, TypeName(error.type())));
  napi_set_named_property(env, result, "detail", ToJs(env, DetailName(error.error_detail())));
  if (error.sctp_cause_code()) {
    napi_set_named_property(env, result, "sctpCauseCode",
                            ToJs(env, static_cast<int>(*error.sctp_cause_code())));
  }
  if (sdp_line_number) {
    napi_set_named_property(env, result, "sdpLineNumber", ToJs(env, *sdp_line_number));
  }
  return result;
}

void Throw(napi_env env, const webrtc::RTCError& error) { napi_throw(env, ToJs(env, error)); }

}  // namespace node_libwebrtc
