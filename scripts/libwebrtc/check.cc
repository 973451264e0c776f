// Proves that a libwebrtc install tree works before anything is built on it: two peer connections
// in one process exchange one video track for each codec and data, and each audio codec turns a
// tone into packets and back.
//
//   check [--without-h264]
//
// Prints a line for each thing it looked at; exits with 0 when all is well and with 1 otherwise.
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <numbers>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/audio/audio_device.h"
#include "api/audio/builtin_audio_processing_builder.h"
#include "api/audio/create_audio_device_module.h"
#include "api/audio_codecs/builtin_audio_decoder_factory.h"
#include "api/audio_codecs/builtin_audio_encoder_factory.h"
#include "api/create_modular_peer_connection_factory.h"
#include "api/data_channel_interface.h"
#include "api/enable_media.h"
#include "api/environment/environment_factory.h"
#include "api/jsep.h"
#include "api/make_ref_counted.h"
#include "api/peer_connection_interface.h"
#include "api/rtc_event_log/rtc_event_log_factory.h"
#include "api/set_local_description_observer_interface.h"
#include "api/set_remote_description_observer_interface.h"
#include "api/stats/rtc_stats_collector_callback.h"
#include "api/stats/rtcstats_objects.h"
#include "api/units/time_delta.h"
#include "api/video/i420_buffer.h"
#include "api/video/video_frame.h"
#include "api/video/video_sink_interface.h"
#include "api/video_codecs/builtin_video_decoder_factory.h"
#include "api/video_codecs/builtin_video_encoder_factory.h"
#include "media/base/adapted_video_track_source.h"
#include "rtc_base/buffer.h"
#include "rtc_base/event.h"
#include "rtc_base/ssl_adapter.h"
#include "rtc_base/thread.h"
#include "rtc_base/time_utils.h"

namespace {

using namespace webrtc;  // NOLINT(build/namespaces): a program of one file

constexpr TimeDelta kPatience = TimeDelta::Seconds(20);
constexpr int kWidth = 320;
constexpr int kHeight = 240;
constexpr int kFramesWanted = 20;
constexpr double kLeastPsnr = 25;

int failures = 0;

void Report(bool ok, const std::string& line) {
  printf("%s %s\n", ok ? "ok  " : "FAIL", line.c_str());
  fflush(stdout);
  if (!ok) ++failures;
}

// The picture number `n`: a diagonal gradient that moves, with `n` in the top row as eight black or
// white squares.
int LumaAt(int n, int x, int y) {
  if (y < kHeight / 6) return (n >> (x * 8 / kWidth)) & 1 ? 235 : 16;
  return 64 + (x + y + 2 * n) % 256 / 2;
}

scoped_refptr<I420Buffer> Picture(int n) {
  auto picture = I420Buffer::Create(kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x)
      picture->MutableDataY()[y * picture->StrideY() + x] = LumaAt(n, x, y);
  }
  memset(picture->MutableDataU(), 90, picture->StrideU() * picture->ChromaHeight());
  memset(picture->MutableDataV(), 200, picture->StrideV() * picture->ChromaHeight());
  return picture;
}

class PictureSource : public AdaptedVideoTrackSource {
 public:
  void Push(int n) {
    OnFrame(VideoFrame::Builder()
                .set_video_frame_buffer(Picture(n))
                .set_timestamp_us(TimeMicros())
                .build());
  }
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }
  bool is_screencast() const override { return false; }
  std::optional<bool> needs_denoising() const override { return false; }
};

// Reads each picture's number back and compares the picture with what was sent under that number.
class PictureSink : public VideoSinkInterface<VideoFrame> {
 public:
  void OnFrame(const VideoFrame& frame) override {
    auto picture = frame.video_frame_buffer()->ToI420();
    if (!picture || picture->width() != kWidth || picture->height() != kHeight) return;
    int number = 0;
    for (int bit = 0; bit < 8; ++bit) {
      int x = (2 * bit + 1) * kWidth / 16;
      if (picture->DataY()[kHeight / 12 * picture->StrideY() + x] > 125) number |= 1 << bit;
    }
    double squares = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        int difference = picture->DataY()[y * picture->StrideY() + x] - LumaAt(number, x, y);
        squares += difference * difference;
      }
    }
    double psnr = 10 * std::log10(255.0 * 255.0 * kWidth * kHeight / std::max(squares, 1.0));
    bool colours =
        std::abs(picture->DataU()[0] - 90) < 12 && std::abs(picture->DataV()[0] - 200) < 12;
    if (psnr < kLeastPsnr || !colours) return;
    psnr_sum = psnr_sum + psnr;
    ++good;
  }
  std::atomic<int> good{0};
  std::atomic<double> psnr_sum{0};
};

class Channel : public DataChannelObserver {
 public:
  Channel(scoped_refptr<DataChannelInterface> channel, bool echo)
      : channel_(std::move(channel)), echo_(echo) {
    channel_->RegisterObserver(this);
    OnStateChange();
  }
  ~Channel() override { channel_->UnregisterObserver(); }
  void OnStateChange() override {
    if (channel_->state() == DataChannelInterface::kOpen) open.Set();
  }
  void OnMessage(const DataBuffer& message) override {
    received.assign(message.data.cdata<char>(), message.size());
    if (echo_) channel_->SendAsync(message, [](RTCError) {});
    arrived.Set();
  }
  Event open, arrived;
  std::string received;

 private:
  const scoped_refptr<DataChannelInterface> channel_;
  const bool echo_;
};

class Peer : public PeerConnectionObserver {
 public:
  void OnSignalingChange(PeerConnectionInterface::SignalingState) override {}
  void OnIceCandidate(const IceCandidate*) override {}
  void OnIceGatheringChange(PeerConnectionInterface::IceGatheringState state) override {
    if (state == PeerConnectionInterface::kIceGatheringComplete) gathered.Set();
  }
  void OnConnectionChange(PeerConnectionInterface::PeerConnectionState state) override {
    if (state == PeerConnectionInterface::PeerConnectionState::kConnected) connected.Set();
  }
  void OnDataChannel(scoped_refptr<DataChannelInterface> channel) override {
    echo = std::make_unique<Channel>(std::move(channel), true);
  }
  void OnTrack(scoped_refptr<RtpTransceiverInterface> transceiver) override {
    if (transceiver->media_type() != MediaType::VIDEO) return;
    PictureSink& sink = sinks[*transceiver->mid()];
    static_cast<VideoTrackInterface*>(transceiver->receiver()->track().get())
        ->AddOrUpdateSink(&sink, VideoSinkWants());
  }
  scoped_refptr<PeerConnectionInterface> connection;
  std::unique_ptr<Channel> echo;
  std::map<std::string, PictureSink> sinks;
  Event gathered, connected;
};

class LocalDone : public SetLocalDescriptionObserverInterface {
 public:
  void OnSetLocalDescriptionComplete(RTCError result) override {
    error = std::move(result);
    event.Set();
  }
  RTCError error;
  Event event;
};

class RemoteDone : public SetRemoteDescriptionObserverInterface {
 public:
  void OnSetRemoteDescriptionComplete(RTCError result) override {
    error = std::move(result);
    event.Set();
  }
  RTCError error;
  Event event;
};

class Statistics : public RTCStatsCollectorCallback {
 public:
  void OnStatsDelivered(const scoped_refptr<const RTCStatsReport>& delivered) override {
    report = delivered;
    event.Set();
  }
  static scoped_refptr<const RTCStatsReport> Of(Peer& peer) {
    auto statistics = make_ref_counted<Statistics>();
    peer.connection->GetStats(statistics.get());
    statistics->event.Wait(kPatience);
    return statistics->report;
  }
  scoped_refptr<const RTCStatsReport> report;
  Event event;
};

// Sets the local description with all candidates in it and gives it as SDP; empty when that fails.
std::string Describe(Peer& peer) {
  auto done = make_ref_counted<LocalDone>();
  peer.connection->SetLocalDescription(done);
  if (!done->event.Wait(kPatience) || !done->error.ok()) {
    printf("setLocalDescription: %s\n", done->error.message());
    return "";
  }
  if (!peer.gathered.Wait(kPatience)) return "";
  std::string sdp;
  peer.connection->signaling_thread()->BlockingCall(
      [&] { peer.connection->local_description()->ToString(&sdp); });
  return sdp;
}

bool Accept(Peer& peer, SdpType type, const std::string& sdp) {
  auto done = make_ref_counted<RemoteDone>();
  peer.connection->SetRemoteDescription(CreateSessionDescription(type, sdp), done);
  if (done->event.Wait(kPatience) && done->error.ok()) return true;
  printf("setRemoteDescription: %s\n", done->error.message());
  return false;
}

// One connection, a video track for each codec at once, and a data channel.
void CheckConnection(PeerConnectionFactoryInterface& factory,
                     const std::vector<std::string>& codecs) {
  Peer caller, callee;
  PeerConnectionInterface::RTCConfiguration configuration;
  configuration.sdp_semantics = SdpSemantics::kUnifiedPlan;
  for (Peer* peer : {&caller, &callee}) {
    auto created =
        factory.CreatePeerConnectionOrError(configuration, PeerConnectionDependencies(peer));
    if (!created.ok())
      return Report(false, std::string("peer connection: ") + created.error().message());
    peer->connection = created.MoveValue();
    BitrateSettings bitrate;
    bitrate.start_bitrate_bps = 4'000'000;
    peer->connection->SetBitrate(bitrate);
  }

  auto channel = caller.connection->CreateDataChannelOrError("check", nullptr);
  if (!channel.ok())
    return Report(false, std::string("data channel: ") + channel.error().message());
  auto handle = channel.MoveValue();
  Channel data(handle, false);

  auto source = make_ref_counted<PictureSource>();
  for (const std::string& codec : codecs) {
    std::vector<RtpCodecCapability> preferences;
    for (const auto& capability : factory.GetRtpReceiverCapabilities(MediaType::VIDEO).codecs) {
      if (capability.name == codec) preferences.push_back(capability);
    }
    auto transceiver = caller.connection->AddTransceiver(factory.CreateVideoTrack(source, codec));
    if (!transceiver.ok() || preferences.empty() ||
        !transceiver.value()->SetCodecPreferences(preferences).ok()) {
      return Report(false, codec + ": cannot be negotiated");
    }
    // The pictures are compared in their full size.
    RtpParameters parameters = transceiver.value()->sender()->GetParameters();
    parameters.degradation_preference = DegradationPreference::MAINTAIN_RESOLUTION;
    transceiver.value()->sender()->SetParameters(parameters);
  }
  caller.connection->AddTransceiver(MediaType::AUDIO);

  std::string offer = Describe(caller);
  if (offer.empty() || !Accept(callee, SdpType::kOffer, offer)) return Report(false, "the offer");
  std::string answer = Describe(callee);
  if (answer.empty() || !Accept(caller, SdpType::kAnswer, answer))
    return Report(false, "the answer");
  if (!caller.connected.Wait(kPatience) || !callee.connected.Wait(kPatience)) {
    return Report(false, "the peers do not connect");
  }

  std::string message(200'000, '\0');
  for (size_t i = 0; i < message.size(); ++i) message[i] = static_cast<char>(i * 7 + i / 251);
  bool open = data.open.Wait(kPatience);
  if (open) {
    handle->SendAsync(DataBuffer(CopyOnWriteBuffer(message.data(), message.size()), true),
                      [](RTCError) {});
    data.arrived.Wait(kPatience);
  }
  Report(open && data.received == message,
         "data channel: a message of 200,000 bytes there and back");

  const int64_t give_up = TimeMillis() + kPatience.ms();
  for (int n = 0; TimeMillis() < give_up; ++n) {
    source->Push(n % 256);
    std::this_thread::sleep_for(std::chrono::milliseconds(33));
    bool all = callee.sinks.size() == codecs.size();
    for (const auto& [mid, sink] : callee.sinks) all = all && sink.good >= kFramesWanted;
    if (all) break;
  }

  std::map<std::string, std::string> encoders, decoders;
  auto sent = Statistics::Of(caller), received = Statistics::Of(callee);
  if (!sent || !received) return Report(false, "statistics");
  for (const auto* stream : sent->GetStatsOfType<RTCOutboundRtpStreamStats>()) {
    encoders[stream->mid.value_or("")] = stream->encoder_implementation.value_or("no encoder");
  }
  for (const auto* stream : received->GetStatsOfType<RTCInboundRtpStreamStats>()) {
    decoders[stream->mid.value_or("")] = stream->decoder_implementation.value_or("no decoder");
  }
  for (const auto& transceiver : caller.connection->GetTransceivers()) {
    if (transceiver->media_type() != MediaType::VIDEO) continue;
    const std::string mid = transceiver->mid().value_or("");
    PictureSink& sink = callee.sinks[mid];
    char line[200];
    snprintf(line, sizeof(line), "%s: %d pictures through the connection at %.1f dB, %s to %s",
             transceiver->sender()->track()->id().c_str(), sink.good.load(),
             sink.psnr_sum / std::max(sink.good.load(), 1), encoders[mid].c_str(),
             decoders[mid].c_str());
    Report(sink.good >= kFramesWanted, line);
  }
  for (const auto& transceiver : callee.connection->GetTransceivers()) {
    if (transceiver->media_type() != MediaType::VIDEO) continue;
    static_cast<VideoTrackInterface*>(transceiver->receiver()->track().get())
        ->RemoveSink(&callee.sinks[transceiver->mid().value_or("")]);
  }
  caller.connection->Close();
  callee.connection->Close();
  callee.echo.reset();
}

// How much of the samples' energy lies at the frequency (Goertzel's algorithm), from 0 to 1.
double ToneShare(const std::vector<double>& samples, double frequency, double rate) {
  const double factor = 2 * std::cos(2 * std::numbers::pi * frequency / rate);
  double before = 0, last = 0, energy = 0;
  for (double sample : samples) {
    double next = sample + factor * last - before;
    before = last;
    last = next;
    energy += sample * sample;
  }
  double power = last * last + before * before - factor * last * before;
  return energy > 0 ? 2 * power / (energy * samples.size()) : 0;
}

void CheckAudioCodec(const Environment& environment, const SdpAudioFormat& format) {
  constexpr double kFrequency = 440;
  auto encoder =
      CreateBuiltinAudioEncoderFactory()->Create(environment, format, {.payload_type = 100});
  auto decoder = CreateBuiltinAudioDecoderFactory()->Create(environment, format);
  if (!encoder || !decoder) return Report(false, format.name + ": no codec");
  const int rate = encoder->SampleRateHz(), channels = encoder->NumChannels(), block = rate / 100;
  std::vector<double> decoded;
  size_t bytes = 0;
  for (int i = 0; i < 100; ++i) {
    std::vector<int16_t> samples(block * channels);
    for (int k = 0; k < block * channels; ++k) {
      samples[k] = static_cast<int16_t>(
          8000 * std::sin(2 * std::numbers::pi * kFrequency * (i * block + k / channels) / rate));
    }
    Buffer packet;
    auto encoded = encoder->Encode(i * block, samples, &packet);
    if (encoded.encoded_bytes == 0) continue;
    bytes += encoded.encoded_bytes;
    for (auto& parsed : decoder->ParsePayload(std::move(packet), 0)) {
      std::vector<int16_t> output(48'000);
      auto result = parsed.frame->Decode(std::span<int16_t>(output));
      if (!result) return Report(false, format.name + ": does not decode");
      for (size_t k = 0; k < result->num_decoded_samples; k += decoder->Channels())
        decoded.push_back(output[k]);
    }
  }
  // The first fifth is where codecs settle.
  decoded.erase(decoded.begin(), decoded.begin() + decoded.size() / 5);
  const double share = ToneShare(decoded, kFrequency, decoder->SampleRateHz());
  char line[120];
  snprintf(line, sizeof(line), "%s: a tone at %d Hz, %zu bytes a second, %.1f %% of it found again",
           format.name.c_str(), rate, bytes, 100 * share);
  Report(share > 0.9 && bytes > 0, line);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> codecs = {"VP8", "VP9", "AV1", "H264"};
  if (argc > 1 && std::string(argv[1]) == "--without-h264") codecs.pop_back();

  InitializeSSL();
  auto network = Thread::CreateWithSocketServer();
  auto worker = Thread::Create();
  auto signaling = Thread::Create();
  network->Start();
  worker->Start();
  signaling->Start();
  {
    PeerConnectionFactoryDependencies dependencies;
    const Environment environment = CreateEnvironment();
    dependencies.env = environment;
    dependencies.network_thread = network.get();
    dependencies.worker_thread = worker.get();
    dependencies.signaling_thread = signaling.get();
    dependencies.event_log_factory = std::make_unique<RtcEventLogFactory>();
    worker->BlockingCall([&] {
      dependencies.adm = CreateAudioDeviceModule(environment, AudioDeviceModule::kDummyAudio);
    });
    dependencies.audio_encoder_factory = CreateBuiltinAudioEncoderFactory();
    dependencies.audio_decoder_factory = CreateBuiltinAudioDecoderFactory();
    dependencies.video_encoder_factory = CreateBuiltinVideoEncoderFactory();
    dependencies.video_decoder_factory = CreateBuiltinVideoDecoderFactory();
    dependencies.audio_processing_builder = std::make_unique<BuiltinAudioProcessingBuilder>();
    EnableMedia(dependencies);
    auto factory = CreateModularPeerConnectionFactory(std::move(dependencies));
    // The machine may have no network but loopback.
    PeerConnectionFactoryInterface::Options options;
    options.network_ignore_mask = 0;
    factory->SetOptions(options);

    CheckConnection(*factory, codecs);
    for (const SdpAudioFormat& format :
         {SdpAudioFormat("opus", 48000, 2), SdpAudioFormat("G722", 8000, 1),
          SdpAudioFormat("PCMU", 8000, 1), SdpAudioFormat("PCMA", 8000, 1),
          SdpAudioFormat("L16", 16000, 1)}) {
      CheckAudioCodec(environment, format);
    }
  }
  signaling->Stop();
  worker->Stop();
  network->Stop();
  CleanupSSL();
  return failures == 0 ? 0 : 1;
}
