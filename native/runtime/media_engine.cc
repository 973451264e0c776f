#include "native/runtime/media_engine.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/enable_media.h"
#include "media/engine/webrtc_video_engine.h"
#include "media/engine/webrtc_voice_engine.h"
#include "pc/media_factory.h"

namespace node_libwebrtc {

namespace {

class VideoEngine final : public webrtc::WebRtcVideoEngine {
 public:
  using WebRtcVideoEngine::WebRtcVideoEngine;

  std::vector<webrtc::Codec> LegacySendCodecs(bool include_rtx) const override {
    return include_rtx ? send_codecs_with_rtx_ : send_codecs_;
  }
  std::vector<webrtc::Codec> LegacyRecvCodecs(bool include_rtx) const override {
    return include_rtx ? receive_codecs_with_rtx_ : receive_codecs_;
  }

 private:
  // What the factories support never changes.
  const std::vector<webrtc::Codec> send_codecs_ = WebRtcVideoEngine::LegacySendCodecs(false);
  const std::vector<webrtc::Codec> send_codecs_with_rtx_ =
      WebRtcVideoEngine::LegacySendCodecs(true);
  const std::vector<webrtc::Codec> receive_codecs_ = WebRtcVideoEngine::LegacyRecvCodecs(false);
  const std::vector<webrtc::Codec> receive_codecs_with_rtx_ =
      WebRtcVideoEngine::LegacyRecvCodecs(true);
};

class MediaFactory final : public webrtc::MediaFactory {
 public:
  explicit MediaFactory(std::unique_ptr<webrtc::MediaFactory> libwebrtcs)
      : libwebrtcs_(std::move(libwebrtcs)) {}

  std::unique_ptr<webrtc::Call> CreateCall(webrtc::CallConfig config) override {
    return libwebrtcs_->CreateCall(std::move(config));
  }

  std::unique_ptr<webrtc::MediaEngineInterface> CreateMediaEngine(
      const webrtc::Environment& env,
      webrtc::PeerConnectionFactoryDependencies& dependencies) override {
    auto voice = std::make_unique<webrtc::WebRtcVoiceEngine>(
        env, dependencies.adm, std::move(dependencies.audio_encoder_factory),
        std::move(dependencies.audio_decoder_factory), std::move(dependencies.audio_mixer),
        dependencies.audio_processing_builder
            ? std::move(dependencies.audio_processing_builder)->Build(env)
            : nullptr,
        std::move(dependencies.audio_frame_processor));
    auto video = std::make_unique<VideoEngine>(std::move(dependencies.video_encoder_factory),
                                               std::move(dependencies.video_decoder_factory),
                                               env.field_trials());
    return std::make_unique<webrtc::CompositeMediaEngine>(std::move(voice), std::move(video));
  }

 private:
  const std::unique_ptr<webrtc::MediaFactory> libwebrtcs_;
};

}  // namespace

void EnableMedia(webrtc::PeerConnectionFactoryDependencies& dependencies) {
  webrtc::EnableMedia(dependencies);
  dependencies.media_factory =
      std::make_unique<MediaFactory>(std::move(dependencies.media_factory));
}

}  // namespace node_libwebrtc
