#ifndef NATIVE_RECORDING_VIDEO_TAP_POINT_H_
#define NATIVE_RECORDING_VIDEO_TAP_POINT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/scoped_refptr.h"
#include "api/units/timestamp.h"
#include "api/video/color_space.h"
#include "api/video/encoded_image.h"
#include "api/video/recordable_encoded_frame.h"
#include "api/video/video_codec_type.h"
#include "api/video/video_rotation.h"
#include "api/video_codecs/video_decoder.h"
#include "api/video_codecs/video_decoder_factory.h"
#include "call/video_receive_stream.h"
#include "native/recording/encoded_chunk.h"
#include "native/recording/key_frames.h"
#include "native/recording/vp9_layers.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// What comes out of a receiver's tap, in the clothes of what libwebrtc sends to the encoded sinks
// of a track's source: its own frames lack the RTP timestamp. Either a chunk or a sender report.
class TapEvent final : public webrtc::RecordableEncodedFrame {
 public:
  explicit TapEvent(const EncodedChunk& chunk) : chunk_(&chunk) {}
  explicit TapEvent(const SenderReportTimes& report) : report_(&report) {}

  const EncodedChunk* chunk() const { return chunk_; }
  const SenderReportTimes* report() const { return report_; }

  // Said by a sink that wants the frame decoded, too.
  void RequestDecoding() const { decoding_requested_ = true; }
  bool decoding_requested() const { return decoding_requested_; }

  // webrtc::RecordableEncodedFrame
  webrtc::scoped_refptr<const webrtc::EncodedImageBufferInterface> encoded_buffer() const override;
  std::optional<webrtc::ColorSpace> color_space() const override { return std::nullopt; }
  std::optional<webrtc::VideoRotation> video_rotation() const override { return std::nullopt; }
  webrtc::VideoCodecType codec() const override { return webrtc::kVideoCodecGeneric; }
  bool is_key_frame() const override { return chunk_ && chunk_->key; }
  EncodedResolution resolution() const override { return {}; }
  webrtc::Timestamp render_time() const override { return webrtc::Timestamp::Zero(); }

 private:
  const EncodedChunk* const chunk_ = nullptr;
  const SenderReportTimes* const report_ = nullptr;
  mutable bool decoding_requested_ = false;
};

// Where the encoded frames of a receive stream are copied from: before its decoder, after its
// jitter buffer. While somebody records, the decoder runs only if somebody wants raw frames as
// well.
class VideoTapPoint final {
 public:
  using RecordingState = webrtc::VideoReceiveStreamInterface::RecordingState;

  // Whose decoders are made by `factory`, apart from the tap.
  explicit VideoTapPoint(webrtc::VideoDecoderFactory* factory);
  ~VideoTapPoint();

  // What the stream has instead.
  webrtc::VideoDecoderFactory* decoder_factory() const { return decoder_factory_.get(); }

  // On the worker thread; afterwards the old state's callback is not called any more.
  RecordingState Exchange(RecordingState state);
  void OnSenderReport(const SenderReportTimes& report);

 private:
  class Decoder;
  class DecoderFactory;

  // On the stream's decoding queue. Whether the frame is to be decoded. `codec` is a literal.
  bool Deliver(const webrtc::EncodedImage& image, const char* codec);

  const std::unique_ptr<webrtc::VideoDecoderFactory> decoder_factory_;
  webrtc::Mutex mutex_;
  RecordingState state_ RTC_GUARDED_BY(mutex_);
  Vp9Layers vp9_layers_ RTC_GUARDED_BY(mutex_);
  KeyFrames key_frames_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_VIDEO_TAP_POINT_H_
