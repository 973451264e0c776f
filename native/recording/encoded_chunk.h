#ifndef NATIVE_RECORDING_ENCODED_CHUNK_H_
#define NATIVE_RECORDING_ENCODED_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "api/scoped_refptr.h"
#include "api/video/encoded_image.h"

namespace node_libwebrtc {

// `NativeEncodedChunk` of lib/native_recording.ts, with the bytes as libwebrtc has them.
struct EncodedChunk {
  // The last part of the MIME type. A literal.
  const char* codec = "";
  webrtc::scoped_refptr<const webrtc::EncodedImageBufferInterface> buffer = nullptr;
  // Of the buffer's bytes, those that count.
  size_t offset = 0;
  size_t size = 0;
  bool key = true;
  // By `webrtc::TimeMicros`.
  int64_t timestamp_us = 0;
  std::optional<uint32_t> rtp_timestamp = std::nullopt;
  int clock_rate = 90'000;
  int64_t duration_us = 0;
  int width = 0;
  int height = 0;
  // Degrees.
  int rotation = 0;
  int channels = 0;

  std::span<const uint8_t> bytes() const { return {buffer->data() + offset, size}; }
};

// `NativeSenderReport`.
struct SenderReportTimes {
  double ntp_us = 0;
  uint32_t rtp_timestamp = 0;
  int64_t timestamp_us = 0;
};

// Takes what a tap or an encoder gives, on any thread, one call at a time; it may not block, or
// call back into what calls it.
class EncodedConsumer {
 public:
  virtual void OnChunk(const EncodedChunk& chunk) = 0;
  virtual void OnSenderReport(const SenderReportTimes& report) = 0;
  // Nothing follows either of these.
  virtual void OnEnded() = 0;
  virtual void OnFailed(std::string message) = 0;

 protected:
  virtual ~EncodedConsumer() = default;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_ENCODED_CHUNK_H_
