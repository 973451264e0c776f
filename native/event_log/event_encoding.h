#ifndef NATIVE_EVENT_LOG_EVENT_ENCODING_H_
#define NATIVE_EVENT_LOG_EVENT_ENCODING_H_

#include <cstdint>
#include <string>

#include "api/rtc_event_log/rtc_event.h"

namespace node_libwebrtc {

// Events in the format of libwebrtc's `rtclog2.EventStream`, version 2, which its visualizer and
// other viewers open. A log is one message of that type, and events are its fields, so that a log
// is written by writing one event after another. The format can also pack events of a kind into one
// field; that makes files smaller, and readers need not find it.

std::string EncodeBegin(int64_t timestamp_ms, int64_t utc_time_ms);
std::string EncodeEnd(int64_t timestamp_ms);
// Empty for an event that has no place in the format, or nothing in it that may be told.
std::string EncodeEvent(const webrtc::RtcEvent& event);

}  // namespace node_libwebrtc

#endif  // NATIVE_EVENT_LOG_EVENT_ENCODING_H_
