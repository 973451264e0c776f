#include "native/sframe/sframe_context.h"

#include <utility>

namespace node_libwebrtc {

bool SframeContext::SetKey(uint64_t key_id, std::span<const uint8_t> key,
                           std::span<const uint8_t> salt) {
  std::shared_ptr<const SframeKey> created = SframeKey::Create(suite_, key, salt);
  if (!created) return false;
  webrtc::MutexLock lock(&mutex_);
  keys_[key_id] = std::move(created);
  encryption_key_id_ = key_id;
  return true;
}

// VP8's payload format has nothing that says whether a frame is a key frame: receivers look at the
// lowest bit of the first byte of VP8 itself, where a key frame has 0. With SFrame that is the
// first byte of its header, whose lowest bit the counter decides. Counters need not follow each
// other, they may only not repeat; so a frame takes the next one that says what VP8 would say.
uint64_t SframeContext::TakeCounter(Kind kind) {
  if (kind == Kind::kOther && !frame_counters_) return next_counter_++;
  if (!frame_counters_) {
    frame_counters_ = {.next_key_frame = next_counter_, .next_delta_frame = next_counter_};
  }
  const bool lowest_bit = kind != Kind::kKeyFrame;
  uint64_t& next = lowest_bit ? frame_counters_->next_delta_frame : frame_counters_->next_key_frame;
  const uint64_t counter = NextSframeCounter(next, lowest_bit);
  next = counter + 1;
  return counter;
}

std::optional<std::vector<uint8_t>> SframeContext::Encrypt(Kind kind,
                                                           std::span<const uint8_t> metadata,
                                                           std::span<const uint8_t> data) {
  std::shared_ptr<const SframeKey> key;
  uint64_t key_id = 0;
  uint64_t counter = 0;
  {
    webrtc::MutexLock lock(&mutex_);
    key_id = encryption_key_id_;
    const auto found = keys_.find(key_id);
    if (found == keys_.end()) return std::nullopt;
    key = found->second;
    counter = TakeCounter(kind);
  }
  return key->Encrypt(key_id, counter, metadata, data);
}

SframeContext::Decrypted SframeContext::Decrypt(std::span<const uint8_t> metadata,
                                                std::span<const uint8_t> data) const {
  const std::optional<SframeHeader> header = ReadSframeHeader(data);
  if (!header) return {};
  std::shared_ptr<const SframeKey> key;
  {
    webrtc::MutexLock lock(&mutex_);
    if (const auto found = keys_.find(header->key_id); found != keys_.end()) key = found->second;
  }
  Decrypted result;
  result.key_id = header->key_id;
  if (!key) {
    result.failure = SframeFailure::kKeyId;
  } else if (data.size() - header->size < key->tag_size()) {
    result.failure = SframeFailure::kSyntax;
  } else {
    result.failure = SframeFailure::kAuthentication;
    result.data = key->Decrypt(*header, metadata, data);
  }
  return result;
}

}  // namespace node_libwebrtc
