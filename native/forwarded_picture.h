#ifndef NATIVE_FORWARDED_PICTURE_H_
#define NATIVE_FORWARDED_PICTURE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/frame_transformer_interface.h"
#include "api/ref_count.h"
#include "api/scoped_refptr.h"
#include "api/video/encoded_image.h"
#include "api/video/video_frame_buffer.h"
#include "api/video/video_frame_metadata.h"

namespace node_libwebrtc {

// An encoded picture as it came from the network, shared by all that it is forwarded to.
struct ForwardedPicture {
  // One, unless the codec is scalable in space: then one for each spatial layer.
  struct Layer {
    webrtc::scoped_refptr<webrtc::EncodedImageBuffer> data;
    webrtc::VideoFrameMetadata metadata;
  };

  std::vector<Layer> layers;
  uint32_t rtp_timestamp = 0;
  int payload_type = 0;
  bool key = false;
  // Counts the pictures of a receiver in their order.
  uint64_t index = 0;
  // Of the last key frame; delta frames do not say.
  int width = 0;
  int height = 0;
  size_t spatial_layers = 1;

  size_t size() const;
};

// What becomes of pictures on their way to one sender. Any thread may call anything.
class ForwardingLink : public webrtc::RefCountInterface {
 public:
  virtual void OnSent(size_t bytes, bool key) = 0;
  virtual void OnDropped(uint64_t pictures) = 0;
  // The sender needs a key frame. It asks again with every picture until one has come.
  virtual void RequestKeyFrame() = 0;
  // The picture is of a codec that the sender does not send.
  virtual void OnMismatch(int payload_type) = 0;
};

// What a forwarding sender's encoder gets for a frame: nothing of it is decoded.
class ForwardedBuffer : public webrtc::VideoFrameBuffer {
 public:
  ForwardedBuffer(std::shared_ptr<const ForwardedPicture> picture,
                  webrtc::scoped_refptr<ForwardingLink> link)
      : picture_(std::move(picture)), link_(std::move(link)) {}

  // Null for any other buffer.
  static ForwardedBuffer* From(webrtc::VideoFrameBuffer& buffer) {
    return buffer.type() == Type::kNative ? dynamic_cast<ForwardedBuffer*>(&buffer) : nullptr;
  }

  const ForwardedPicture& picture() const { return *picture_; }
  ForwardingLink& link() const { return *link_; }

  // webrtc::VideoFrameBuffer
  Type type() const override { return Type::kNative; }
  int width() const override { return picture_->width; }
  int height() const override { return picture_->height; }
  webrtc::scoped_refptr<webrtc::I420BufferInterface> ToI420() override { return nullptr; }
  // Whatever size somebody wants, the picture is encoded already.
  webrtc::scoped_refptr<webrtc::VideoFrameBuffer> CropAndScale(int, int, int, int, int,
                                                               int) override {
    return webrtc::scoped_refptr<webrtc::VideoFrameBuffer>(this);
  }

 private:
  const std::shared_ptr<const ForwardedPicture> picture_;
  const webrtc::scoped_refptr<ForwardingLink> link_;
};

// Puts frames together to pictures and into their order: frames come when their last packet has
// come, so that one that was lost in part comes late. After a loss that is not mended in time
// nothing follows before the next key frame. Belongs to whoever calls, one call at a time.
class PictureSequencer final {
 public:
  using Pictures = std::vector<std::shared_ptr<const ForwardedPicture>>;

  // What is to be forwarded now.
  Pictures Insert(const webrtc::TransformableVideoFrameInterface& frame, int64_t now_us);

  // Nothing can follow without a key frame.
  bool needs_key_frame() const { return needs_key_frame_; }
  // Pictures thrown away so far.
  uint64_t dropped() const { return dropped_; }

 private:
  // A picture's place in its stream, where the payload format says it.
  struct Place {
    int64_t number;
    // 0: the numbers do not wrap.
    int64_t modulus;
    // Numbers that one picture takes.
    int64_t span;
  };
  struct Entry {
    std::shared_ptr<ForwardedPicture> picture;
    std::optional<Place> place;
  };

  static std::optional<Place> FindPlace(const ForwardedPicture::Layer& first, size_t layers);
  void Complete(Entry entry, int64_t now_us, Pictures& ready);
  void Release(std::shared_ptr<ForwardedPicture> picture, Pictures& ready);
  void Drain(Pictures& ready);
  void Break();

  // The picture that further layers may come for.
  std::shared_ptr<ForwardedPicture> open_;
  bool needs_key_frame_ = true;
  int width_ = 0;
  int height_ = 0;
  size_t spatial_layers_ = 1;
  uint64_t next_index_ = 0;
  uint64_t dropped_ = 0;

  int64_t modulus_ = 0;
  // The number, unwrapped, that comes next; what has come before its turn, by number.
  std::optional<int64_t> next_number_;
  std::map<int64_t, Entry> waiting_;
  int64_t waiting_since_us_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_FORWARDED_PICTURE_H_
