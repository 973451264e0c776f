#include "native/stats.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "api/stats/attribute.h"
#include "api/stats/rtc_stats.h"
#include "api/stats/rtcstats_objects.h"
#include "native/bridge/convert.h"

namespace node_libwebrtc {

namespace {

napi_value MakeValue(napi_env env, bool value) { return ToJs(env, value); }
napi_value MakeValue(napi_env env, const std::string& value) { return ToJs(env, value); }

template <typename T>
  requires std::is_arithmetic_v<T>
napi_value MakeValue(napi_env env, T value) {
  return ToJs(env, static_cast<double>(value));
}

template <typename T>
napi_value MakeValue(napi_env env, const std::vector<T>& values) {
  std::vector<napi_value> elements;
  elements.reserve(values.size());
  for (const T& value : values) elements.push_back(MakeValue(env, value));
  return MakeArray(env, elements);
}

// A record.
template <typename T>
napi_value MakeValue(napi_env env, const std::map<std::string, T>& values) {
  napi_value object = MakeObject(env, {});
  for (const auto& [key, value] : values) {
    napi_set_property(env, object, ToJs(env, key), MakeValue(env, value));
  }
  return object;
}

napi_value MakeAttribute(napi_env env, const webrtc::Attribute& attribute) {
  return std::visit([env](const auto* value) { return MakeValue(env, **value); },
                    attribute.as_variant());
}

// Without anybody who wants to hear it, sound is not played out, but libwebrtc says when it is.
bool IsUnheardSound(const webrtc::RTCStats& stats) {
  if (absl::string_view(stats.type()) != webrtc::RTCInboundRtpStreamStats::kType) return false;
  const auto& inbound = stats.cast_to<webrtc::RTCInboundRtpStreamStats>();
  return inbound.kind == "audio" && inbound.total_samples_received.value_or(0) == 0;
}

}  // namespace

napi_value MakeStats(napi_env env, const webrtc::RTCStatsReport& report) {
  std::vector<napi_value> all;
  all.reserve(report.size());
  for (const webrtc::RTCStats& stats : report) {
    napi_value object = MakeObject(
        env, {{"id", ToJs(env, stats.id())},
              {"timestamp", ToJs(env, static_cast<double>(stats.timestamp().us()) / 1000)},
              {"type", ToJs(env, stats.type())}});
    const bool is_unheard = IsUnheardSound(stats);
    for (const webrtc::Attribute& attribute : stats.Attributes()) {
      if (!attribute.has_value()) continue;
      if (is_unheard && absl::string_view(attribute.name()) == "estimatedPlayoutTimestamp")
        continue;
      napi_set_named_property(env, object, attribute.name(), MakeAttribute(env, attribute));
    }
    all.push_back(object);
  }
  return MakeArray(env, all);
}

}  // namespace node_libwebrtc
