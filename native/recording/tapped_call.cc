#include "native/recording/tapped_call.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "call/call.h"
#include "modules/rtp_rtcp/source/rtcp_packet/common_header.h"
#include "modules/rtp_rtcp/source/rtcp_packet/sender_report.h"
#include "native/recording/tapped_streams.h"
#include "pc/media_factory.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// A connection's call, on the worker thread.
class TappedCall final : public webrtc::Call, private webrtc::PacketReceiver {
 public:
  TappedCall(std::unique_ptr<webrtc::Call> call, std::shared_ptr<SenderReports> reports,
             std::shared_ptr<NewStreams> new_streams)
      : call_(std::move(call)),
        reports_(std::move(reports)),
        new_streams_(std::move(new_streams)) {}

  webrtc::AudioReceiveStreamInterface* CreateAudioReceiveStream(
      const webrtc::AudioReceiveStreamInterface::Config& config) override {
    auto stream = std::make_unique<TappedAudioStream>(call_->CreateAudioReceiveStream(config),
                                                      config.frame_transformer, *reports_);
    TappedAudioStream* result = stream.get();
    audio_.emplace(config.rtp.remote_ssrc, std::move(stream));
    return result;
  }
  void DestroyAudioReceiveStream(webrtc::AudioReceiveStreamInterface* stream) override {
    auto* tapped = static_cast<TappedAudioStream*>(stream);
    call_->DestroyAudioReceiveStream(tapped->stream());
    std::erase_if(audio_, [&](const auto& entry) { return entry.second.get() == tapped; });
  }

  webrtc::VideoReceiveStreamInterface* CreateVideoReceiveStream(
      webrtc::VideoReceiveStreamInterface::Config config) override {
    const uint32_t ssrc = config.rtp.remote_ssrc;
    auto stream = std::make_unique<TappedVideoStream>(config.decoder_factory);
    config.decoder_factory = stream->point().decoder_factory();
    if (replaced_) stream->point().Exchange(*std::exchange(replaced_, std::nullopt));
    stream->SetStream(call_->CreateVideoReceiveStream(std::move(config)));
    TappedVideoStream* result = stream.get();
    video_.emplace(ssrc, std::move(stream));
    new_streams_->Notify();
    return result;
  }
  void DestroyVideoReceiveStream(webrtc::VideoReceiveStreamInterface* stream) override {
    auto* tapped = static_cast<TappedVideoStream*>(stream);
    if (is_delivering_) replaced_ = tapped->point().Exchange({});
    call_->DestroyVideoReceiveStream(tapped->stream());
    std::erase_if(video_, [&](const auto& entry) { return entry.second.get() == tapped; });
  }
  void OnUpdateSyncGroup(webrtc::AudioReceiveStreamInterface& stream,
                         absl::string_view sync_group) override {
    call_->OnUpdateSyncGroup(*static_cast<TappedAudioStream&>(stream).stream(), sync_group);
  }
  webrtc::PacketReceiver* Receiver() override { return this; }

  // The rest is libwebrtc's.
  webrtc::AudioSendStream* CreateAudioSendStream(
      const webrtc::AudioSendStream::Config& config) override {
    return call_->CreateAudioSendStream(config);
  }
  void DestroyAudioSendStream(webrtc::AudioSendStream* stream) override {
    call_->DestroyAudioSendStream(stream);
  }
  webrtc::VideoSendStream* CreateVideoSendStream(
      webrtc::VideoSendStream::Config config, webrtc::VideoEncoderConfig encoder_config,
      webrtc::EncoderSwitchRequestCallback switch_callback) override {
    return call_->CreateVideoSendStream(std::move(config), std::move(encoder_config),
                                        std::move(switch_callback));
  }
  webrtc::VideoSendStream* CreateVideoSendStream(
      webrtc::VideoSendStream::Config config, webrtc::VideoEncoderConfig encoder_config,
      webrtc::EncoderSwitchRequestCallback switch_callback,
      std::unique_ptr<webrtc::FecController> fec_controller) override {
    return call_->CreateVideoSendStream(std::move(config), std::move(encoder_config),
                                        std::move(switch_callback), std::move(fec_controller));
  }
  void DestroyVideoSendStream(webrtc::VideoSendStream* stream) override {
    call_->DestroyVideoSendStream(stream);
  }
  webrtc::FlexfecReceiveStream* CreateFlexfecReceiveStream(
      const webrtc::FlexfecReceiveStream::Config config) override {
    return call_->CreateFlexfecReceiveStream(config);
  }
  void DestroyFlexfecReceiveStream(webrtc::FlexfecReceiveStream* stream) override {
    call_->DestroyFlexfecReceiveStream(stream);
  }
  void AddAdaptationResource(webrtc::scoped_refptr<webrtc::Resource> resource) override {
    call_->AddAdaptationResource(std::move(resource));
  }
  webrtc::RtpTransportControllerSendInterface* GetTransportControllerSend() override {
    return call_->GetTransportControllerSend();
  }
  Stats GetStats() const override { return call_->GetStats(); }
  void SignalChannelNetworkState(webrtc::MediaType media, webrtc::NetworkState state) override {
    call_->SignalChannelNetworkState(media, state);
  }
  void OnAudioTransportOverheadChanged(int transport_overhead_per_packet) override {
    call_->OnAudioTransportOverheadChanged(transport_overhead_per_packet);
  }
  void OnSentPacket(const webrtc::SentPacketInfo& sent_packet) override {
    call_->OnSentPacket(sent_packet);
  }
  void SetClientBitratePreferences(const webrtc::BitrateSettings& preferences) override {
    call_->SetClientBitratePreferences(preferences);
  }
  void SetPreferredRtcpCcAckType(webrtc::RtcpFeedbackType type) override {
    call_->SetPreferredRtcpCcAckType(type);
  }
  std::optional<int> FeedbackAccordingToRfc8888Count() override {
    return call_->FeedbackAccordingToRfc8888Count();
  }
  std::optional<int> FeedbackAccordingToTransportCcCount() override {
    return call_->FeedbackAccordingToTransportCcCount();
  }
  void DisconnectFromNetworkThread() override { call_->DisconnectFromNetworkThread(); }
  webrtc::TaskQueueBase* network_thread() const override { return call_->network_thread(); }
  webrtc::TaskQueueBase* worker_thread() const override { return call_->worker_thread(); }

 private:
  // webrtc::PacketReceiver
  void DeliverRtcpPacket(webrtc::CopyOnWriteBuffer packet) override {
    ReadSenderReports(packet);
    call_->Receiver()->DeliverRtcpPacket(std::move(packet));
  }
  void DeliverRtpPacket(webrtc::MediaType media_type, webrtc::RtpPacketReceived packet,
                        OnUndemuxablePacketHandler handler) override {
    is_delivering_ = true;
    call_->Receiver()->DeliverRtpPacket(media_type, std::move(packet), std::move(handler));
    is_delivering_ = false;
    replaced_.reset();
  }

  void ReadSenderReports(const webrtc::CopyOnWriteBuffer& packet) {
    const uint8_t* place = packet.cdata();
    const uint8_t* const end = place + packet.size();
    webrtc::rtcp::CommonHeader header;
    for (; place < end && header.Parse(place, static_cast<size_t>(end - place));
         place = header.NextPacket()) {
      webrtc::rtcp::SenderReport report;
      if (header.type() != webrtc::rtcp::SenderReport::kPacketType || !report.Parse(header)) {
        continue;
      }
      constexpr double kFractionsPerMicrosecond = webrtc::NtpTime::kFractionsPerSecond / 1e6;
      const SenderReportTimes times{.ntp_us = report.ntp().seconds() * 1e6 +
                                              report.ntp().fractions() / kFractionsPerMicrosecond,
                                    .rtp_timestamp = report.rtp_timestamp(),
                                    .timestamp_us = webrtc::TimeMicros()};
      if (auto video = video_.find(report.sender_ssrc()); video != video_.end()) {
        video->second->point().OnSenderReport(times);
      } else if (auto audio = audio_.find(report.sender_ssrc()); audio != audio_.end()) {
        audio->second->OnSenderReport(times);
      }
    }
  }

  const std::unique_ptr<webrtc::Call> call_;
  const std::shared_ptr<SenderReports> reports_;
  const std::shared_ptr<NewStreams> new_streams_;
  // A packet of an SSRC that the peer has not said, while its SSRCs are unknown, makes a stream in
  // the place of the one that there was. libwebrtc forgets meanwhile who wanted encoded frames of
  // it.
  bool is_delivering_ = false;
  std::optional<VideoTapPoint::RecordingState> replaced_;
  // By SSRC, which a peer may say twice.
  std::multimap<uint32_t, std::unique_ptr<TappedVideoStream>> video_;
  std::multimap<uint32_t, std::unique_ptr<TappedAudioStream>> audio_;
};

class TappingMediaFactory final : public webrtc::MediaFactory {
 public:
  TappingMediaFactory(std::unique_ptr<webrtc::MediaFactory> factory,
                      std::shared_ptr<SenderReports> reports,
                      std::shared_ptr<NewStreams> new_streams)
      : factory_(std::move(factory)),
        reports_(std::move(reports)),
        new_streams_(std::move(new_streams)) {}

  std::unique_ptr<webrtc::Call> CreateCall(webrtc::CallConfig config) override {
    return std::make_unique<TappedCall>(factory_->CreateCall(std::move(config)), reports_,
                                        new_streams_);
  }
  std::unique_ptr<webrtc::MediaEngineInterface> CreateMediaEngine(
      const webrtc::Environment& environment,
      webrtc::PeerConnectionFactoryDependencies& dependencies) override {
    return factory_->CreateMediaEngine(environment, dependencies);
  }

 private:
  const std::unique_ptr<webrtc::MediaFactory> factory_;
  const std::shared_ptr<SenderReports> reports_;
  const std::shared_ptr<NewStreams> new_streams_;
};

}  // namespace

void EnableTaps(webrtc::PeerConnectionFactoryDependencies& dependencies,
                std::shared_ptr<SenderReports> reports, std::shared_ptr<NewStreams> new_streams) {
  dependencies.media_factory = std::make_unique<TappingMediaFactory>(
      std::move(dependencies.media_factory), std::move(reports), std::move(new_streams));
}

}  // namespace node_libwebrtc
