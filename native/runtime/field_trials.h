#ifndef NATIVE_RUNTIME_FIELD_TRIALS_H_
#define NATIVE_RUNTIME_FIELD_TRIALS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "api/field_trials_view.h"

namespace node_libwebrtc {

// What libwebrtc does only when it is told to.
class FieldTrials final : public webrtc::FieldTrialsView {
 public:
  std::string Lookup(absl::string_view key) const override {
    // As in Chromium: Opus is decoded in stereo, unless the description says otherwise.
    return key == "WebRTC-Audio-OpusDecodeStereoByDefault" ? "Enabled" : "";
  }
  std::unique_ptr<webrtc::FieldTrialsView> CreateCopy() const override {
    return std::make_unique<FieldTrials>();
  }
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_FIELD_TRIALS_H_
