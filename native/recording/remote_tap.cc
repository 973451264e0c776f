#include "native/recording/remote_tap.h"

#include <utility>

namespace node_libwebrtc {

namespace {

class RemoteTapFeed final : public EncodedFeed {
 public:
  RemoteTapFeed(webrtc::scoped_refptr<TrackNode> node, std::shared_ptr<EncodedConsumer> consumer)
      : node_(std::move(node)), consumer_(std::move(consumer)) {
    node_->AddEncodedConsumer(consumer_.get());
  }
  ~RemoteTapFeed() override { node_->RemoveEncodedConsumer(consumer_.get()); }

  void RequestKeyFrame() override { node_->RequestKeyFrame(); }

 private:
  const webrtc::scoped_refptr<TrackNode> node_;
  const std::shared_ptr<EncodedConsumer> consumer_;
};

}  // namespace

std::unique_ptr<EncodedFeed> StartRemoteTap(webrtc::scoped_refptr<TrackNode> node,
                                            std::shared_ptr<EncodedConsumer> consumer) {
  return std::make_unique<RemoteTapFeed>(std::move(node), std::move(consumer));
}

}  // namespace node_libwebrtc
