#ifndef NATIVE_STATS_H_
#define NATIVE_STATS_H_

#include <napi.h>

#include "api/stats/rtc_stats_report.h"

namespace node_libwebrtc {

// An array with one plain object for each `RTCStats`: `id`, `type`, `timestamp` (milliseconds since
// the epoch) and every member that has a value, under libwebrtc's names, which are the standard's.
napi_value MakeStats(napi_env env, const webrtc::RTCStatsReport& report);

}  // namespace node_libwebrtc

#endif  // NATIVE_STATS_H_
