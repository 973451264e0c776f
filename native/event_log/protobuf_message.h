#ifndef NATIVE_EVENT_LOG_PROTOBUF_MESSAGE_H_
#define NATIVE_EVENT_LOG_PROTOBUF_MESSAGE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace node_libwebrtc {

// A message in the wire format of Protocol Buffers, written field by field. Presence counts in it:
// a field that is written is there, whatever its value.
class ProtobufMessage final {
 public:
  // uint32, uint64, bool and enumerations.
  void Unsigned(int field, uint64_t value) {
    Tag(field, kVarint);
    Varint(value);
  }
  // int32 and int64: negative ones take ten bytes.
  void Signed(int field, int64_t value) { Unsigned(field, static_cast<uint64_t>(value)); }
  void Fixed32(int field, uint32_t value) {
    Tag(field, kFixed32);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes_.push_back(static_cast<char>((value >> shift) & 0xff));
    }
  }
  // bytes, string and messages.
  void Bytes(int field, absl::string_view value) {
    Tag(field, kLengthDelimited);
    Varint(value.size());
    bytes_.append(value.data(), value.size());
  }

  const std::string& bytes() const { return bytes_; }

 private:
  enum WireType { kVarint = 0, kLengthDelimited = 2, kFixed32 = 5 };

  void Tag(int field, WireType type) { Varint(static_cast<uint64_t>(field) << 3 | type); }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_EVENT_LOG_PROTOBUF_MESSAGE_H_
