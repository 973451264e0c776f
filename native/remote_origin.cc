#include "native/remote_origin.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "api/video/recordable_encoded_frame.h"
#include "api/video/video_frame.h"
#include "api/video/video_sink_interface.h"
#include "native/recording/audio_packets.h"
#include "native/recording/new_streams.h"
#include "native/recording/sender_reports.h"
#include "native/recording/sound_sources.h"
#include "native/recording/video_tap_point.h"
#include "native/runtime/playout_demand.h"

namespace node_libwebrtc {

namespace {

// Listens to a source of libwebrtc's. Belongs to the JS thread, apart from the fan-outs and the
// demand.
template <typename Source, typename Consumer>
class RemoteSource : public EngineDependent, private webrtc::ObserverInterface {
 public:
  RemoteSource(std::shared_ptr<Runtime> runtime, Source* source)
      : runtime_(std::move(runtime)), source_(source) {
    runtime_->AddDependent(this);
  }
  ~RemoteSource() override { runtime_->RemoveDependent(this); }

  void Start() {
    source_->RegisterObserver(this);
    Attach(*source_);
    OnChanged();
  }
  // Before it is destroyed.
  void Release() {
    if (!source_) return;
    source_->UnregisterObserver(this);
    if (std::exchange(tapped_, false)) Untap(*source_);
    Detach(*source_);
    source_ = nullptr;
    End();
  }

  // The encoded media that comes in. The first consumer and the last one change what libwebrtc
  // does.
  void AddEncoded(EncodedConsumer* consumer) {
    encoded_.Add(consumer);
    if (!source_) return;
    if (!std::exchange(tapped_, true)) {
      Tap(*source_);
    } else {
      RequestKeyFrame();
    }
  }
  void RemoveEncoded(EncodedConsumer* consumer) {
    encoded_.Remove(consumer);
    if (source_ && encoded_.empty() && std::exchange(tapped_, false)) Untap(*source_);
  }
  void RequestKeyFrame() {
    if (source_) GenerateKeyFrame(*source_);
  }

  // How many want raw media.
  void ChangeDemand(int difference) { demand_ += difference; }
  bool is_demanded() const { return demand_ > 0; }

  const std::shared_ptr<Runtime>& runtime() const { return runtime_; }
  FanOut<Consumer>& fan_out() { return fan_out_; }
  FanOut<EncodedConsumer>& encoded() { return encoded_; }

 protected:
  // The source while it is tapped.
  Source* tapped_source() const { return tapped_ ? source_.get() : nullptr; }

 private:
  virtual void Attach(Source& source) = 0;
  virtual void Detach(Source& source) = 0;
  virtual void Tap(Source& source) = 0;
  virtual void Untap(Source& source) = 0;
  virtual void GenerateKeyFrame(Source& /*source*/) {}

  void OnEngineStop() override { Release(); }

  void OnChanged() override {
    if (source_->state() == webrtc::MediaSourceInterface::kEnded) End();
  }
  void End() {
    fan_out_.End();
    encoded_.End();
  }

  const std::shared_ptr<Runtime> runtime_;
  // Null when released.
  webrtc::scoped_refptr<Source> source_;
  bool tapped_ = false;
  std::atomic<int> demand_ = 0;
  FanOut<Consumer> fan_out_;
  FanOut<EncodedConsumer> encoded_;
};

class RemoteVideoSource final
    : public RemoteSource<webrtc::VideoTrackSourceInterface, VideoConsumer>,
      public std::enable_shared_from_this<RemoteVideoSource>,
      private webrtc::VideoSinkInterface<webrtc::VideoFrame>,
      private webrtc::VideoSinkInterface<webrtc::RecordableEncodedFrame> {
 public:
  RemoteVideoSource(std::shared_ptr<Runtime> runtime, webrtc::VideoTrackSourceInterface* source,
                    std::shared_ptr<FramePipe> pipe)
      : RemoteSource(std::move(runtime), source),
        pipe_(std::move(pipe)),
        new_streams_(this->runtime()->engine()->new_streams()) {}

 private:
  void Attach(webrtc::VideoTrackSourceInterface& source) override {
    source.AddOrUpdateSink(this, webrtc::VideoSinkWants());
  }
  void Detach(webrtc::VideoTrackSourceInterface& source) override {
    source.RemoveSink(this);
    pipe_ = nullptr;
  }
  void Tap(webrtc::VideoTrackSourceInterface& source) override {
    is_fed_ = false;
    pipe_->AddTaker();
    new_streams_->Add(this, [this, weak = weak_from_this()] {
      if (is_fed_) return;
      runtime()->loop().Post([weak](Napi::Env) {
        if (auto self = weak.lock()) self->TapAgain();
      });
    });
    source.AddEncodedSink(this);
  }
  void Untap(webrtc::VideoTrackSourceInterface& source) override {
    new_streams_->Remove(this);
    source.RemoveEncodedSink(this);
    pipe_->RemoveTaker();
  }
  void GenerateKeyFrame(webrtc::VideoTrackSourceInterface& source) override {
    source.GenerateKeyFrame();
  }

  // Nothing has come yet: the stream that there is now may not know that it is tapped.
  void TapAgain() {
    if (is_fed_ || !tapped_source()) return;
    tapped_source()->RemoveEncodedSink(this);
    tapped_source()->AddEncodedSink(this);
  }

  void OnFrame(const webrtc::VideoFrame& frame) override {
    fan_out().ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(frame); });
  }

  // Only what our taps send comes this way.
  void OnFrame(const webrtc::RecordableEncodedFrame& frame) override {
    const auto* event = dynamic_cast<const TapEvent*>(&frame);
    if (!event) return;
    is_fed_ = true;
    if (const SenderReportTimes* report = event->report()) {
      encoded().ForEach([&](EncodedConsumer& consumer) { consumer.OnSenderReport(*report); });
    }
    if (const EncodedChunk* chunk = event->chunk()) {
      encoded().ForEach([&](EncodedConsumer& consumer) { consumer.OnChunk(*chunk); });
      if (is_demanded()) {
        event->RequestDecoding();
      } else {
        const bool turned = chunk->rotation % 180 != 0;
        const int width = turned ? chunk->height : chunk->width;
        const int height = turned ? chunk->width : chunk->height;
        fan_out().ForEach(
            [&](VideoConsumer& consumer) { consumer.OnUndecodedFrame(width, height); });
      }
      if (chunk->rtp_timestamp) pipe_->OnTaken(*chunk->rtp_timestamp);
    }
  }

  // Null when released.
  std::shared_ptr<FramePipe> pipe_;
  const std::shared_ptr<NewStreams> new_streams_;
  // Whether anything has come since it is tapped.
  std::atomic<bool> is_fed_ = false;
};

class RemoteAudioSource final : public RemoteSource<webrtc::AudioSourceInterface, AudioConsumer>,
                                private webrtc::AudioTrackSinkInterface,
                                private FrameTap {
 public:
  RemoteAudioSource(std::shared_ptr<Runtime> runtime, webrtc::AudioSourceInterface* source,
                    std::shared_ptr<FramePipe> pipe)
      : RemoteSource(std::move(runtime), source),
        pipe_(std::move(pipe)),
        reports_(this->runtime()->engine()->sender_reports()) {}

  // Of what is tapped and not decoded.
  std::optional<std::vector<webrtc::RtpSource>> undecoded_sources() const {
    return sound_sources_.Find();
  }

 private:
  void Attach(webrtc::AudioSourceInterface& source) override { source.AddSink(this); }
  void Detach(webrtc::AudioSourceInterface& source) override {
    source.RemoveSink(this);
    pipe_ = nullptr;
  }
  void Tap(webrtc::AudioSourceInterface&) override {
    pipe_->AddTap(this);
    reports_->Add(pipe_.get(), this, [this](const SenderReportTimes& report) {
      encoded().ForEach([&](EncodedConsumer& consumer) { consumer.OnSenderReport(report); });
    });
  }
  void Untap(webrtc::AudioSourceInterface&) override {
    reports_->Remove(this);
    pipe_->RemoveTap(this);
    sound_sources_.Forget();
  }

  // FrameTap. What nobody wants to hear is not decoded, and not even kept for it.
  bool OnFrame(const webrtc::TransformableFrameInterface& frame) override {
    const auto* packet = dynamic_cast<const webrtc::TransformableAudioFrameInterface*>(&frame);
    if (!packet) return true;
    for (const EncodedChunk& chunk : packets_.Insert(*packet)) {
      encoded().ForEach([&](EncodedConsumer& consumer) { consumer.OnChunk(chunk); });
    }
    const bool demanded = is_demanded();
    if (demanded) {
      sound_sources_.Forget();
    } else {
      sound_sources_.OnPacket(*packet);
    }
    return demanded;
  }

  void OnData(const void* audio_data, int bits_per_sample, int sample_rate,
              size_t number_of_channels, size_t number_of_frames,
              std::optional<int64_t> absolute_capture_timestamp_ms) override {
    fan_out().ForEach([&](AudioConsumer& consumer) {
      consumer.OnData(audio_data, bits_per_sample, sample_rate, number_of_channels,
                      number_of_frames, absolute_capture_timestamp_ms);
    });
  }

  // Null when released.
  std::shared_ptr<FramePipe> pipe_;
  const std::shared_ptr<SenderReports> reports_;
  SoundSources sound_sources_;
  // Used by frames only, which come one at a time.
  AudioPackets packets_;
};

// Releases a source on the JS thread, wherever its last track went.
template <typename Source>
void ReleaseOnJsThread(std::shared_ptr<Source> source) {
  EventLoop& loop = source->runtime()->loop();
  webrtc::Thread* thread = loop.thread();
  if (!thread || thread->IsCurrent()) {
    source->Release();
    return;
  }
  loop.Post([source = std::move(source)](Napi::Env) { source->Release(); });
}

class RemoteVideoOrigin : public VideoOrigin {
 public:
  explicit RemoteVideoOrigin(std::shared_ptr<RemoteVideoSource> source)
      : source_(std::move(source)) {}
  ~RemoteVideoOrigin() override { ReleaseOnJsThread(std::move(source_)); }

  void AddConsumer(VideoConsumer* consumer) override { source_->fan_out().Add(consumer); }
  void RemoveConsumer(VideoConsumer* consumer) override { source_->fan_out().Remove(consumer); }
  bool is_screencast() const override { return false; }
  // The encoder at the other end has done it.
  std::optional<bool> needs_denoising() const override { return false; }
  void AddDemand() override { source_->ChangeDemand(1); }
  void RemoveDemand() override { source_->ChangeDemand(-1); }
  bool has_encoded_media() const override { return true; }
  void AddEncodedConsumer(EncodedConsumer* consumer) override { source_->AddEncoded(consumer); }
  void RemoveEncodedConsumer(EncodedConsumer* consumer) override {
    source_->RemoveEncoded(consumer);
  }
  void RequestKeyFrame() override { source_->RequestKeyFrame(); }

 private:
  std::shared_ptr<RemoteVideoSource> source_;
};

class RemoteAudioOrigin : public AudioOrigin {
 public:
  RemoteAudioOrigin(std::shared_ptr<RemoteAudioSource> source, PlayoutDemand& playout)
      : source_(std::move(source)), playout_(playout) {}
  ~RemoteAudioOrigin() override { ReleaseOnJsThread(std::move(source_)); }

  void AddConsumer(AudioConsumer* consumer) override { source_->fan_out().Add(consumer); }
  void RemoveConsumer(AudioConsumer* consumer) override { source_->fan_out().Remove(consumer); }
  void AddDemand() override {
    source_->ChangeDemand(1);
    playout_.Add();
  }
  void RemoveDemand() override {
    playout_.Remove();
    source_->ChangeDemand(-1);
  }
  bool has_encoded_media() const override { return true; }
  void AddEncodedConsumer(EncodedConsumer* consumer) override { source_->AddEncoded(consumer); }
  void RemoveEncodedConsumer(EncodedConsumer* consumer) override {
    source_->RemoveEncoded(consumer);
  }
  std::optional<std::vector<webrtc::RtpSource>> undecoded_sources() const override {
    return source_->undecoded_sources();
  }

 private:
  std::shared_ptr<RemoteAudioSource> source_;
  PlayoutDemand& playout_;
};

}  // namespace

webrtc::scoped_refptr<VideoOrigin> CreateRemoteOrigin(std::shared_ptr<Runtime> runtime,
                                                      webrtc::VideoTrackInterface& track,
                                                      std::shared_ptr<FramePipe> pipe) {
  auto source =
      std::make_shared<RemoteVideoSource>(std::move(runtime), track.GetSource(), std::move(pipe));
  source->Start();
  return webrtc::make_ref_counted<RemoteVideoOrigin>(std::move(source));
}

webrtc::scoped_refptr<AudioOrigin> CreateRemoteOrigin(std::shared_ptr<Runtime> runtime,
                                                      webrtc::AudioTrackInterface& track,
                                                      std::shared_ptr<FramePipe> pipe) {
  PlayoutDemand& playout = runtime->playout_demand();
  auto source =
      std::make_shared<RemoteAudioSource>(std::move(runtime), track.GetSource(), std::move(pipe));
  source->Start();
  return webrtc::make_ref_counted<RemoteAudioOrigin>(std::move(source), playout);
}

}  // namespace node_libwebrtc
