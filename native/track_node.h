#ifndef NATIVE_TRACK_NODE_H_
#define NATIVE_TRACK_NODE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/media_stream_interface.h"
#include "api/scoped_refptr.h"
#include "api/video/video_frame.h"
#include "api/video/video_frame_buffer.h"
#include "native/audio_adapter.h"
#include "native/echo_reference.h"
#include "native/media_origin.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// What a track does to its media, between the origin that it shares with other tracks and its own
// consumers: sinks of raw media, and senders. It needs no engine, so that tracks may live without
// any peer connection. Any thread may call anything.
//
// The two kinds have the same members; `VideoTrackNode` and `AudioTrackNode` are below.
class TrackNode : public webrtc::RefCountInterface {
 public:
  // A sender's view of the track, which wants to hear of changes that scripts make.
  class Observer {
   public:
    // `enabled` or `content_hint` has changed. On the JS thread, inside the call that changes it.
    virtual void OnTrackChanged() = 0;

   protected:
    virtual ~Observer() = default;
  };

  // Off, consumers get black frames or silence.
  virtual void SetEnabled(bool enabled) = 0;
  virtual bool enabled() const = 0;
  // Lets go of the origin and tells the consumers that they hear nothing more. Idempotent.
  virtual void Stop() = 0;
  // After `Stop`, and after the origin has ended.
  virtual bool ended() const = 0;
  // Calls `on_ended`, on any thread, when the origin ends (at once if it has); not for `Stop`. The
  // last call counts.
  virtual void SetEndedCallback(absl::AnyInvocable<void()> on_ended) = 0;

  // One of the strings that `contentHint` takes.
  void SetContentHint(std::string hint);
  std::string content_hint() const;

  void AddObserver(Observer* observer);
  void RemoveObserver(Observer* observer);

  // Whether what the track's origin gets encoded can be had: of a remote track that has not been
  // stopped.
  bool has_encoded_media() const;
  // Gives it to the consumer, until the track ends. On the JS thread, like the other two.
  void AddEncodedConsumer(EncodedConsumer* consumer);
  // After this the consumer hears nothing more.
  void RemoveEncodedConsumer(EncodedConsumer* consumer);
  void RequestKeyFrame();

 protected:
  TrackNode();
  ~TrackNode() override;

  void NotifyObservers();

  // Null when the track has been stopped.
  virtual webrtc::scoped_refptr<MediaOrigin> origin() const = 0;
  // Tells the origin whether there are consumers of raw media.
  void UpdateDemand();
  virtual bool has_consumers() const = 0;
  // Before the origin is let go of.
  void StopEncoded();

 private:
  class EncodedFanOut;

  // One change of demand after the other.
  webrtc::Mutex demand_mutex_;
  bool demanding_ RTC_GUARDED_BY(demand_mutex_) = false;
  // Null without consumers of encoded media, or with the origin gone. Belongs to the JS thread.
  const std::unique_ptr<EncodedFanOut> encoded_;
  mutable webrtc::Mutex hint_mutex_;
  std::string content_hint_ RTC_GUARDED_BY(hint_mutex_);
  webrtc::Mutex observers_mutex_;
  std::vector<Observer*> observers_ RTC_GUARDED_BY(observers_mutex_);
};

struct VideoTrackFormat {
  std::optional<int> width;
  std::optional<int> height;
  std::optional<double> frame_rate;
  bool crop = false;

  bool restricts() const { return width || height || frame_rate; }
};

struct VideoTrackStatus {
  int width;
  int height;
  double frame_rate;
  // Of the frames that the origin gives.
  int source_width;
  int source_height;
};

// What a track has counted while it was enabled.
struct VideoTrackCounters {
  uint64_t delivered_frames = 0;
  // Left out for the rate that the track shall have.
  uint64_t discarded_frames = 0;
};

class VideoTrackNode : public TrackNode, private VideoConsumer {
 public:
  static webrtc::scoped_refptr<VideoTrackNode> Create(webrtc::scoped_refptr<VideoOrigin> origin);

  // Another track on the same origin, enabled and adapted alike; ended if this one has ended.
  webrtc::scoped_refptr<VideoTrackNode> Clone() const;

  void AddConsumer(VideoConsumer* consumer);
  // After this the consumer hears nothing more.
  void RemoveConsumer(VideoConsumer* consumer);
  bool is_screencast() const { return is_screencast_; }
  std::optional<bool> needs_denoising() const { return needs_denoising_; }

  void SetFormat(const VideoTrackFormat& format);
  // Nothing before the first frame.
  std::optional<VideoTrackStatus> status() const;
  VideoTrackCounters counters() const;

  // TrackNode
  void SetEnabled(bool enabled) override;
  bool enabled() const override;
  void Stop() override;
  bool ended() const override;
  void SetEndedCallback(absl::AnyInvocable<void()> on_ended) override;

 protected:
  explicit VideoTrackNode(webrtc::scoped_refptr<VideoOrigin> origin);
  ~VideoTrackNode() override;

 private:
  // TrackNode
  webrtc::scoped_refptr<MediaOrigin> origin() const override;
  bool has_consumers() const override { return !consumers_.empty(); }

  // VideoConsumer: what the origin gives.
  void OnFrame(const webrtc::VideoFrame& frame) override;
  void OnUndecodedFrame(int width, int height) override;
  void OnEnded() override;

  // The frame that consumers get, if they get one.
  std::optional<webrtc::VideoFrame> Adapt(const webrtc::VideoFrame& frame);
  // For `status`.
  void Measure(int width, int height) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool TakesFrameAt(int64_t timestamp_us) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> BlackBuffer(int width, int height)
      RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const bool is_screencast_;
  const std::optional<bool> needs_denoising_;
  FanOut<VideoConsumer> consumers_;

  // Never held while consumers or the origin are called.
  mutable webrtc::Mutex mutex_;
  webrtc::scoped_refptr<VideoOrigin> origin_ RTC_GUARDED_BY(mutex_);
  bool enabled_ RTC_GUARDED_BY(mutex_) = true;
  bool origin_ended_ RTC_GUARDED_BY(mutex_) = false;
  absl::AnyInvocable<void()> on_ended_ RTC_GUARDED_BY(mutex_);
  VideoTrackFormat format_ RTC_GUARDED_BY(mutex_);
  VideoTrackCounters counters_ RTC_GUARDED_BY(mutex_);
  // When the next frame is due, at the rate that `format_` allows.
  std::optional<double> next_frame_us_ RTC_GUARDED_BY(mutex_);
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> black_ RTC_GUARDED_BY(mutex_);
  int width_ RTC_GUARDED_BY(mutex_) = 0;
  int height_ RTC_GUARDED_BY(mutex_) = 0;
  int source_width_ RTC_GUARDED_BY(mutex_) = 0;
  int source_height_ RTC_GUARDED_BY(mutex_) = 0;
  // A moving average of the time between two frames.
  double interval_us_ RTC_GUARDED_BY(mutex_) = 0;
  int64_t last_frame_us_ RTC_GUARDED_BY(mutex_) = 0;
};

struct AudioTrackStatus {
  int sample_rate;
  size_t channel_count;
};

// What a track has counted while it was enabled. A frame has one sample of each channel. The
// latency is the age of a block's first sample when the block comes.
struct AudioTrackCounters {
  uint64_t frames = 0;
  double frames_ms = 0;
  double latency_ms = 0;
  double minimum_latency_ms = 0;
  double maximum_latency_ms = 0;
  double average_latency_ms = 0;
  // What the average is of.
  uint64_t blocks = 0;
};

class AudioTrackNode : public TrackNode, private AudioConsumer {
 public:
  static webrtc::scoped_refptr<AudioTrackNode> Create(webrtc::scoped_refptr<AudioOrigin> origin);

  webrtc::scoped_refptr<AudioTrackNode> Clone() const;

  void AddConsumer(AudioConsumer* consumer);
  void RemoveConsumer(AudioConsumer* consumer);

  // `echo_reference` is what is played out where this microphone stands.
  void SetFormat(const AudioTrackFormat& format, std::shared_ptr<EchoReference> echo_reference);
  // Nothing before the first block, which comes only when there is a consumer.
  std::optional<AudioTrackStatus> status() const;
  // Whoever asks wants the sound to come: the first call is a demand for it.
  AudioTrackCounters TakeCounters();
  // Forgets all latencies but the last.
  void ResetLatency();

  // TrackNode
  void SetEnabled(bool enabled) override;
  bool enabled() const override;
  void Stop() override;
  bool ended() const override;
  void SetEndedCallback(absl::AnyInvocable<void()> on_ended) override;

 protected:
  explicit AudioTrackNode(webrtc::scoped_refptr<AudioOrigin> origin);
  ~AudioTrackNode() override;

 private:
  // TrackNode
  webrtc::scoped_refptr<MediaOrigin> origin() const override;
  bool has_consumers() const override;

  // AudioConsumer: what the origin gives.
  void OnData(const void* audio_data, int bits_per_sample, int sample_rate,
              size_t number_of_channels, size_t number_of_frames,
              std::optional<int64_t> absolute_capture_timestamp_ms) override;
  void OnEnded() override;

  void Count(size_t frames, int sample_rate) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FanOut<AudioConsumer> consumers_;

  // Never held while consumers or the origin are called.
  mutable webrtc::Mutex mutex_;
  webrtc::scoped_refptr<AudioOrigin> origin_ RTC_GUARDED_BY(mutex_);
  bool enabled_ RTC_GUARDED_BY(mutex_) = true;
  bool origin_ended_ RTC_GUARDED_BY(mutex_) = false;
  absl::AnyInvocable<void()> on_ended_ RTC_GUARDED_BY(mutex_);
  std::optional<AudioTrackStatus> status_ RTC_GUARDED_BY(mutex_);
  // From the first time that somebody asks.
  bool is_counting_ RTC_GUARDED_BY(mutex_) = false;
  AudioTrackCounters counters_ RTC_GUARDED_BY(mutex_);
  AudioTrackFormat format_ RTC_GUARDED_BY(mutex_);
  std::shared_ptr<EchoReference> echo_reference_ RTC_GUARDED_BY(mutex_);
  // Null where nothing changes.
  std::shared_ptr<AudioAdapter> adapter_ RTC_GUARDED_BY(mutex_);
  // Used by what the origin gives only, one call at a time.
  std::vector<int16_t> silence_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_TRACK_NODE_H_
