#ifndef NATIVE_MESSAGE_BATCH_H_
#define NATIVE_MESSAGE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc_base/copy_on_write_buffer.h"

namespace node_libwebrtc {

// Data-channel messages in their order. The small ones lie one behind the other in a single piece
// of memory that is used again and again, so that a message costs a copy and no allocation; a large
// one has a buffer of its own, so that it is not copied again on its way.
class MessageBatch {
 public:
  struct Message {
    // Where it lies in the common memory, or which of the large ones it is.
    size_t place;
    size_t size;
    bool binary;

    bool is_large() const { return size >= kLargeSize; }
  };

  // From this size on a buffer of its own is cheaper than one more copy.
  static constexpr size_t kLargeSize = 2048;

  bool empty() const { return messages_.empty(); }
  size_t size() const { return messages_.size(); }

  // Copies the message.
  void Append(std::span<const uint8_t> message, bool binary);
  // Shares the buffer of a large message.
  void Append(const webrtc::CopyOnWriteBuffer& message, bool binary);

  const Message& operator[](size_t index) const { return messages_[index]; }
  std::span<const uint8_t> bytes(size_t index) const;
  // The buffer of a large message.
  const webrtc::CopyOnWriteBuffer& large(size_t index) const {
    return large_[messages_[index].place];
  }

  // Gives back what a large message holds, before the whole batch is done.
  void Release(size_t index);

  // Forgets the messages and keeps a moderate amount of memory for the next ones.
  void Clear();

 private:
  std::vector<Message> messages_;
  std::vector<webrtc::CopyOnWriteBuffer> large_;
  std::vector<uint8_t> bytes_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_MESSAGE_BATCH_H_
