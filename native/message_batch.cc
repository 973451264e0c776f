#include "native/message_batch.h"

namespace node_libwebrtc {

namespace {
// A burst must not keep its memory for as long as the channel lives.
constexpr size_t kKeptBytes = 256 * 1024;
constexpr size_t kKeptMessages = 4096;
}  // namespace

void MessageBatch::Append(std::span<const uint8_t> message, bool binary) {
  if (message.size() >= kLargeSize) {
    Append(webrtc::CopyOnWriteBuffer(message.data(), message.size()), binary);
    return;
  }
  messages_.push_back({.place = bytes_.size(), .size = message.size(), .binary = binary});
  bytes_.insert(bytes_.end(), message.begin(), message.end());
}

void MessageBatch::Append(const webrtc::CopyOnWriteBuffer& message, bool binary) {
  if (message.size() < kLargeSize) {
    Append(std::span(message.cdata(), message.size()), binary);
    return;
  }
  messages_.push_back({.place = large_.size(), .size = message.size(), .binary = binary});
  large_.push_back(message);
}

std::span<const uint8_t> MessageBatch::bytes(size_t index) const {
  const Message& message = messages_[index];
  if (message.is_large()) return {large_[message.place].cdata(), message.size};
  return std::span(bytes_).subspan(message.place, message.size);
}

void MessageBatch::Release(size_t index) {
  const Message& message = messages_[index];
  if (message.is_large()) large_[message.place] = webrtc::CopyOnWriteBuffer();
}

void MessageBatch::Clear() {
  messages_.clear();
  large_.clear();
  bytes_.clear();
  if (messages_.capacity() > kKeptMessages) messages_.shrink_to_fit();
  if (bytes_.capacity() > kKeptBytes) bytes_.shrink_to_fit();
}

}  // namespace node_libwebrtc
