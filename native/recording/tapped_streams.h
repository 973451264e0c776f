#ifndef NATIVE_RECORDING_TAPPED_STREAMS_H_
#define NATIVE_RECORDING_TAPPED_STREAMS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "call/audio_receive_stream.h"
#include "call/video_receive_stream.h"
#include "native/recording/sender_reports.h"
#include "native/recording/video_tap_point.h"

namespace node_libwebrtc {

// libwebrtc's receive streams with a place to tap them. On the worker thread.

class TappedVideoStream final : public webrtc::VideoReceiveStreamInterface {
 public:
  explicit TappedVideoStream(webrtc::VideoDecoderFactory* factory) : point_(factory) {}

  // Once, with what libwebrtc made of a configuration that has the decoders of `point`.
  void SetStream(webrtc::VideoReceiveStreamInterface* stream) { stream_ = stream; }
  webrtc::VideoReceiveStreamInterface* stream() const { return stream_; }
  VideoTapPoint& point() { return point_; }

  // webrtc::VideoReceiveStreamInterface: what concerns recording stays here.
  RecordingState SetAndGetRecordingState(RecordingState state, bool generate_key_frame) override {
    RecordingState old_state = point_.Exchange(std::move(state));
    if (generate_key_frame) stream_->GenerateKeyFrame();
    return old_state;
  }

  // The rest is the stream's.
  void Start() override { stream_->Start(); }
  void Stop() override { stream_->Stop(); }
  void SetDepacketizerToDecoderFrameTransformer(
      webrtc::scoped_refptr<webrtc::FrameTransformerInterface> transformer) override {
    stream_->SetDepacketizerToDecoderFrameTransformer(std::move(transformer));
  }
  void SetFrameDecryptor(
      webrtc::scoped_refptr<webrtc::FrameDecryptorInterface> decryptor) override {
    stream_->SetFrameDecryptor(std::move(decryptor));
  }
  std::vector<webrtc::RtpSource> GetSources() const override { return stream_->GetSources(); }
  void SetRtcpMode(webrtc::RtcpMode mode) override { stream_->SetRtcpMode(mode); }
  Stats GetStats() const override { return stream_->GetStats(); }
  bool SetBaseMinimumPlayoutDelayMs(int delay_ms) override {
    return stream_->SetBaseMinimumPlayoutDelayMs(delay_ms);
  }
  int GetBaseMinimumPlayoutDelayMs() const override {
    return stream_->GetBaseMinimumPlayoutDelayMs();
  }
  void GenerateKeyFrame() override { stream_->GenerateKeyFrame(); }
  void SetFlexFecProtection(webrtc::RtpPacketSinkInterface* sink) override {
    stream_->SetFlexFecProtection(sink);
  }
  void SetLossNotificationEnabled(bool enabled) override {
    stream_->SetLossNotificationEnabled(enabled);
  }
  void SetNackHistory(webrtc::TimeDelta history) override { stream_->SetNackHistory(history); }
  void SetProtectionPayloadTypes(int red_payload_type, int ulpfec_payload_type) override {
    stream_->SetProtectionPayloadTypes(red_payload_type, ulpfec_payload_type);
  }
  void SetRtcpXr(Config::Rtp::RtcpXr rtcp_xr) override { stream_->SetRtcpXr(rtcp_xr); }
  void SetAssociatedPayloadTypes(std::map<int, int> associated_payload_types) override {
    stream_->SetAssociatedPayloadTypes(std::move(associated_payload_types));
  }
  void UpdateRtxSsrc(uint32_t ssrc) override { stream_->UpdateRtxSsrc(ssrc); }

 private:
  VideoTapPoint point_;
  webrtc::VideoReceiveStreamInterface* stream_ = nullptr;
};

class TappedAudioStream final : public webrtc::AudioReceiveStreamInterface {
 public:
  // `reports` know the stream by its transformer.
  TappedAudioStream(webrtc::AudioReceiveStreamInterface* stream,
                    webrtc::scoped_refptr<webrtc::FrameTransformerInterface> transformer,
                    SenderReports& reports)
      : stream_(stream), transformer_(std::move(transformer)), reports_(reports) {}

  webrtc::AudioReceiveStreamInterface* stream() const { return stream_; }
  void OnSenderReport(const SenderReportTimes& report) {
    if (transformer_) reports_.Notify(transformer_.get(), report);
  }

  // webrtc::AudioReceiveStreamInterface
  void SetDepacketizerToDecoderFrameTransformer(
      webrtc::scoped_refptr<webrtc::FrameTransformerInterface> transformer) override {
    transformer_ = transformer;
    stream_->SetDepacketizerToDecoderFrameTransformer(std::move(transformer));
  }

  // The rest is the stream's.
  void Start() override { stream_->Start(); }
  void Stop() override { stream_->Stop(); }
  void SetFrameDecryptor(
      webrtc::scoped_refptr<webrtc::FrameDecryptorInterface> decryptor) override {
    stream_->SetFrameDecryptor(std::move(decryptor));
  }
  std::vector<webrtc::RtpSource> GetSources() const override { return stream_->GetSources(); }
  void SetRtcpMode(webrtc::RtcpMode mode) override { stream_->SetRtcpMode(mode); }
  void SetDecoderMap(std::map<int, webrtc::SdpAudioFormat> decoder_map) override {
    stream_->SetDecoderMap(std::move(decoder_map));
  }
  void SetNackHistory(int history_ms) override { stream_->SetNackHistory(history_ms); }
  void SetNonSenderRttMeasurement(bool enabled) override {
    stream_->SetNonSenderRttMeasurement(enabled);
  }
  bool IsRunning() const override { return stream_->IsRunning(); }
  Stats GetStats(bool get_and_clear_legacy_stats) const override {
    return stream_->GetStats(get_and_clear_legacy_stats);
  }
  void SetSink(webrtc::AudioSinkInterface* sink) override { stream_->SetSink(sink); }
  void SetGain(float gain) override { stream_->SetGain(gain); }
  void SetJitterBufferMaxPackets(size_t max_packets) override {
    stream_->SetJitterBufferMaxPackets(max_packets);
  }
  void SetJitterBufferFastAccelerate(bool fast_accelerate) override {
    stream_->SetJitterBufferFastAccelerate(fast_accelerate);
  }
  bool SetBaseMinimumPlayoutDelayMs(int delay_ms) override {
    return stream_->SetBaseMinimumPlayoutDelayMs(delay_ms);
  }
  int GetBaseMinimumPlayoutDelayMs() const override {
    return stream_->GetBaseMinimumPlayoutDelayMs();
  }
  uint32_t remote_ssrc() const override { return stream_->remote_ssrc(); }
  webrtc::AudioMixer::Source* source() override { return stream_->source(); }

 private:
  webrtc::AudioReceiveStreamInterface* const stream_;
  webrtc::scoped_refptr<webrtc::FrameTransformerInterface> transformer_;
  SenderReports& reports_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_TAPPED_STREAMS_H_
