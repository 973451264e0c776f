#ifndef NATIVE_REPEATED_FRAMES_H_
#define NATIVE_REPEATED_FRAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "api/frame_transformer_interface.h"

namespace node_libwebrtc {

// Knows frames of video that have come before. A sender that tries how much the network takes sends
// old packets again, and libwebrtc makes whole frames of them anew; behind the transform, the
// decoder's buffer throws them away.
class RepeatedFrames final {
 public:
  // Whether the same frame is one of the last that came; remembers it if not.
  bool Contains(const webrtc::TransformableFrameInterface& frame) {
    const auto data = frame.GetData();
    const size_t hash =
        absl::HashOf(frame.GetSsrc(), frame.GetTimestamp(),
                     absl::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
    for (size_t i = 0; i < count_; ++i) {
      if (hashes_[i] == hash) return true;
    }
    hashes_[next_] = hash;
    next_ = (next_ + 1) % hashes_.size();
    if (count_ < hashes_.size()) ++count_;
    return false;
  }

 private:
  // Several seconds: longer than senders keep packets.
  std::array<size_t, 256> hashes_{};
  size_t count_ = 0;
  size_t next_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_REPEATED_FRAMES_H_
