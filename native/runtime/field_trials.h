#ifndef NATIVE_RUNTIME_FIELD_TRIALS_H_
#define NATIVE_RUNTIME_FIELD_TRIALS_H_

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "api/field_trials_view.h"

namespace node_libwebrtc {

// What libwebrtc does only when it is told to.
class FieldTrials final : public webrtc::FieldTrialsView {
 public:
  std::string Lookup(absl::string_view key) const override {
    static constexpr std::array<absl::string_view, 2> kEnabled = {
        // As in Chromium: Opus is decoded in stereo, unless the description says otherwise.
        "WebRTC-Audio-OpusDecodeStereoByDefault",
        // Each encoding of a sender may have a codec of its own.
        "WebRTC-MixedCodecSimulcast"};
    return std::ranges::find(kEnabled, key) == kEnabled.end() ? "" : "Enabled";
  }
  std::unique_ptr<webrtc::FieldTrialsView> CreateCopy() const override {
    return std::make_unique<FieldTrials>();
  }
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_FIELD_TRIALS_H_
