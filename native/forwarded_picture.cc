#include "native/forwarded_picture.h"

#include <algorithm>
#include <variant>

#include "modules/video_coding/codecs/vp8/include/vp8_globals.h"
#include "modules/video_coding/codecs/vp9/include/vp9_globals.h"

namespace node_libwebrtc {

namespace {

// For so long the receiver has time to get lost packets again. Senders keep them for about as long.
constexpr int64_t kPatienceUs = 500'000;
constexpr size_t kMaxWaiting = 64;
// A key frame this far behind is no late one: the stream has begun anew.
constexpr int64_t kMaxLate = 256;

// What encoders are told as long as no picture has said its size.
constexpr int kUnknownWidth = 1280;
constexpr int kUnknownHeight = 720;

const webrtc::RTPVideoHeaderVP9* Vp9Header(const webrtc::VideoFrameMetadata& metadata) {
  return std::get_if<webrtc::RTPVideoHeaderVP9>(&metadata.GetRTPVideoHeaderCodecSpecifics());
}

}  // namespace

size_t ForwardedPicture::size() const {
  size_t size = 0;
  for (const Layer& layer : layers) size += layer.data->size();
  return size;
}

std::optional<PictureSequencer::Place> PictureSequencer::FindPlace(
    const ForwardedPicture::Layer& first, size_t layers) {
  const auto& specifics = first.metadata.GetRTPVideoHeaderCodecSpecifics();
  if (const auto* vp8 = std::get_if<webrtc::RTPVideoHeaderVP8>(&specifics)) {
    if (vp8->pictureId < 0) return std::nullopt;
    return Place{.number = vp8->pictureId, .modulus = 1 << 15, .span = 1};
  }
  if (const auto* vp9 = std::get_if<webrtc::RTPVideoHeaderVP9>(&specifics)) {
    if (vp9->picture_id < 0) return std::nullopt;
    return Place{.number = vp9->picture_id, .modulus = vp9->max_picture_id + 1, .span = 1};
  }
  if (const std::optional<int64_t> id = first.metadata.GetFrameId()) {
    return Place{.number = *id, .modulus = 0, .span = static_cast<int64_t>(layers)};
  }
  return std::nullopt;
}

PictureSequencer::Pictures PictureSequencer::Insert(
    const webrtc::TransformableVideoFrameInterface& frame, int64_t now_us) {
  Pictures ready;
  const auto complete = [&] {
    std::shared_ptr<ForwardedPicture> picture = std::exchange(open_, nullptr);
    std::optional<Place> place = FindPlace(picture->layers.front(), picture->layers.size());
    Complete({std::move(picture), place}, now_us, ready);
  };
  const std::span<const uint8_t> data = frame.GetData();
  webrtc::VideoFrameMetadata metadata = frame.Metadata();
  // The next picture ends one whose last layer never came.
  if (open_ && (open_->rtp_timestamp != frame.GetTimestamp() || frame.IsKeyFrame())) complete();
  if (!open_) {
    open_ = std::make_shared<ForwardedPicture>();
    open_->rtp_timestamp = frame.GetTimestamp();
    open_->payload_type = frame.GetPayloadType();
    open_->key = frame.IsKeyFrame();
  }
  const webrtc::RTPVideoHeaderVP9* vp9 = Vp9Header(metadata);
  if (frame.IsKeyFrame()) spatial_layers_ = 1;
  if (vp9 && vp9->ss_data_available) {
    spatial_layers_ = std::clamp<size_t>(vp9->num_spatial_layers, 1, webrtc::kMaxSpatialLayers);
  }
  if (metadata.GetWidth() > 0 && metadata.GetHeight() > 0) {
    width_ = metadata.GetWidth();
    height_ = metadata.GetHeight();
  }
  const bool layered = vp9 ? spatial_layers_ > 1 && vp9->spatial_idx != webrtc::kNoSpatialIdx &&
                                 vp9->spatial_idx + 1u < spatial_layers_
                           : true;
  const bool last = !layered || metadata.GetIsLastFrameInPicture();
  open_->layers.push_back({.data = webrtc::EncodedImageBuffer::Create(data.data(), data.size()),
                           .metadata = std::move(metadata)});
  open_->spatial_layers = spatial_layers_;
  open_->width = width_ > 0 ? width_ : kUnknownWidth;
  open_->height = height_ > 0 ? height_ : kUnknownHeight;
  if (last) complete();
  return ready;
}

void PictureSequencer::Complete(Entry entry, int64_t now_us, Pictures& ready) {
  auto& [picture, place] = entry;
  if (!place) {
    next_number_.reset();
    waiting_.clear();
    if (needs_key_frame_ && !picture->key) {
      ++dropped_;
    } else {
      Release(std::move(picture), ready);
    }
    return;
  }
  if (place->modulus != modulus_) {
    modulus_ = place->modulus;
    next_number_.reset();
    waiting_.clear();
  }
  // The number nearest to the one that is due.
  int64_t number = place->number;
  if (next_number_ && modulus_ > 0) {
    int64_t distance = (number - *next_number_) % modulus_;
    if (distance < -modulus_ / 2) distance += modulus_;
    if (distance >= modulus_ / 2) distance -= modulus_;
    number = *next_number_ + distance;
  }
  if (picture->key) {
    const bool late = next_number_ && !needs_key_frame_ && number < *next_number_ &&
                      number > *next_number_ - kMaxLate;
    if (late) {
      ++dropped_;
      return;
    }
    // What waits for something before the key frame can do without.
    const auto after = waiting_.upper_bound(number);
    dropped_ += static_cast<uint64_t>(std::distance(waiting_.begin(), after));
    waiting_.erase(waiting_.begin(), after);
    next_number_ = number + place->span;
    Release(std::move(picture), ready);
    Drain(ready);
    return;
  }
  if (needs_key_frame_ || !next_number_ || number < *next_number_) {
    ++dropped_;
    return;
  }
  if (number == *next_number_) {
    next_number_ = number + place->span;
    Release(std::move(picture), ready);
    Drain(ready);
    return;
  }
  if (waiting_.empty()) waiting_since_us_ = now_us;
  waiting_.insert_or_assign(number, std::move(entry));
  if (waiting_.size() > kMaxWaiting || now_us - waiting_since_us_ > kPatienceUs) Break();
}

void PictureSequencer::Release(std::shared_ptr<ForwardedPicture> picture, Pictures& ready) {
  if (picture->key) needs_key_frame_ = false;
  picture->index = next_index_++;
  ready.push_back(std::move(picture));
}

void PictureSequencer::Drain(Pictures& ready) {
  while (!waiting_.empty() && waiting_.begin()->first == *next_number_) {
    Entry entry = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    next_number_ = *next_number_ + entry.place->span;
    Release(std::move(entry.picture), ready);
  }
}

void PictureSequencer::Break() {
  dropped_ += waiting_.size();
  waiting_.clear();
  needs_key_frame_ = true;
}

}  // namespace node_libwebrtc
