#include "native/synthetic_video.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "api/make_ref_counted.h"
#include "api/video/i420_buffer.h"
#include "api/video/video_frame.h"
#include "native/video_buffer.h"
#include "rtc_base/ref_counted_object.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

struct Color {
  uint8_t y;
  uint8_t u;
  uint8_t v;
};

constexpr Color kBlack{16, 128, 128};
constexpr Color kWhite{235, 128, 128};
constexpr Color kGray{160, 128, 128};
// White, yellow, cyan, green, magenta, red, blue, black, at three quarters.
constexpr std::array<Color, 8> kBars{{{180, 128, 128},
                                      {162, 44, 142},
                                      {131, 156, 44},
                                      {112, 72, 58},
                                      {84, 184, 198},
                                      {65, 100, 212},
                                      {35, 212, 114},
                                      kBlack}};
constexpr Color kDesktop{84, 150, 108};
constexpr Color kTitleBar{60, 140, 120};
constexpr Color kPointer{81, 90, 240};

// Digits of three by five dots, a row to each three bits, the upper left one first.
constexpr std::array<uint16_t, 12> kGlyphs{
    0b111'101'101'101'111, 0b010'110'010'010'111, 0b111'001'111'100'111, 0b111'001'111'001'111,
    0b101'101'111'001'001, 0b111'100'111'001'111, 0b111'100'111'101'111, 0b111'001'001'010'010,
    0b111'101'111'101'111, 0b111'101'111'001'111, 0b000'010'000'010'000, 0b000'000'000'000'010};
constexpr int kGlyphWidth = 3;
constexpr int kGlyphHeight = 5;
// With the gap behind it.
constexpr int kCell = 4;
constexpr int kTextLength = 12;

// More than sinks and encoders hold together as a rule; what goes beyond is not used again.
constexpr size_t kMaxBuffers = 16;

uint16_t GlyphOf(char character) {
  if (character == ':') return kGlyphs[10];
  if (character == '.') return kGlyphs[11];
  return kGlyphs[static_cast<size_t>(character - '0')];
}

// A buffer that knows where it differs from the background, so that a frame costs what moves and
// not what the picture is large.
class Canvas : public webrtc::I420Buffer {
 public:
  void FillAll(Color color) { FillRect({0, 0, width(), height()}, color); }

  // Marks the part to be restored.
  void Paint(VideoRect rect, Color color) { changed_.push_back(FillRect(rect, color)); }
  // Places are even and the rest is cut off.
  VideoRect FillRect(VideoRect rect, Color color) {
    rect = Clip(rect);
    for (int y = rect.y; y < rect.y + rect.height; ++y) {
      std::memset(MutableDataY() + static_cast<ptrdiff_t>(y) * StrideY() + rect.x, color.y,
                  static_cast<size_t>(rect.width));
    }
    const int chroma_width = (rect.width + 1) / 2;
    for (int y = rect.y / 2; y < (rect.y + rect.height + 1) / 2; ++y) {
      std::memset(MutableDataU() + static_cast<ptrdiff_t>(y) * StrideU() + rect.x / 2, color.u,
                  static_cast<size_t>(chroma_width));
      std::memset(MutableDataV() + static_cast<ptrdiff_t>(y) * StrideV() + rect.x / 2, color.v,
                  static_cast<size_t>(chroma_width));
    }
    return rect;
  }

  void Write(const std::string& text, int x, int y, int dot) {
    const VideoRect box{x, y, (static_cast<int>(text.size()) * kCell + 1) * dot,
                        (kGlyphHeight + 2) * dot};
    Paint(box, kBlack);
    for (size_t i = 0; i < text.size(); ++i) {
      const uint16_t glyph = GlyphOf(text[i]);
      for (int bit = 0; bit < kGlyphWidth * kGlyphHeight; ++bit) {
        if (!(glyph >> (kGlyphWidth * kGlyphHeight - 1 - bit) & 1)) continue;
        FillRect({x + (1 + static_cast<int>(i) * kCell + bit % kGlyphWidth) * dot,
                  y + (1 + bit / kGlyphWidth) * dot, dot, dot},
                 kWhite);
      }
    }
  }

  void Restore(const Canvas& background) {
    for (const VideoRect& rect : changed_) CopyRect(background, rect);
    changed_.clear();
  }
  void CopyAll(const Canvas& background) { CopyRect(background, {0, 0, width(), height()}); }

 protected:
  Canvas(int width, int height) : I420Buffer(width, height) {}

 private:
  VideoRect Clip(VideoRect rect) const {
    const int left = std::clamp(rect.x, 0, width()) & ~1;
    const int top = std::clamp(rect.y, 0, height()) & ~1;
    return {left, top, std::clamp(rect.x + rect.width, left, width()) - left,
            std::clamp(rect.y + rect.height, top, height()) - top};
  }

  void CopyRect(const Canvas& from, const VideoRect& rect) {
    const auto copy = [](const uint8_t* source, uint8_t* destination, int stride, int x, int y,
                         int width, int height) {
      for (int row = y; row < y + height; ++row) {
        const ptrdiff_t place = static_cast<ptrdiff_t>(row) * stride + x;
        std::memcpy(destination + place, source + place, static_cast<size_t>(width));
      }
    };
    copy(from.DataY(), MutableDataY(), StrideY(), rect.x, rect.y, rect.width, rect.height);
    const int x = rect.x / 2, y = rect.y / 2;
    const int width = (rect.width + 1) / 2, height = (rect.y + rect.height + 1) / 2 - y;
    copy(from.DataU(), MutableDataU(), StrideU(), x, y, width, height);
    copy(from.DataV(), MutableDataV(), StrideV(), x, y, width, height);
  }

  std::vector<VideoRect> changed_;
};

using CanvasRef = webrtc::scoped_refptr<webrtc::RefCountedObject<Canvas>>;

CanvasRef NewCanvas(int width, int height) {
  return CanvasRef(new webrtc::RefCountedObject<Canvas>(width, height));
}

void DrawBars(Canvas& canvas) {
  const int bars = static_cast<int>(kBars.size());
  for (int i = 0; i < bars; ++i) {
    const int left = canvas.width() * i / bars, right = canvas.width() * (i + 1) / bars;
    canvas.FillRect({left, 0, right - left, canvas.height()}, kBars[static_cast<size_t>(i)]);
  }
}

void DrawDesktop(Canvas& canvas) {
  const int width = canvas.width(), height = canvas.height();
  canvas.FillAll(kDesktop);
  const VideoRect window{width / 8, height / 6, width * 3 / 4, height * 2 / 3};
  canvas.FillRect(window, kWhite);
  canvas.FillRect({window.x, window.y, window.width, height / 20}, kTitleBar);
  // Lines of text, as far as one can see.
  const int line = std::max(2, height / 40);
  const int first = window.y + height / 20 + line;
  for (int i = 0; first + 2 * i * line + line < window.y + window.height; ++i) {
    const int length = window.width * (5 + i * 7 % 5) / 10;
    canvas.FillRect({window.x + line, first + 2 * i * line, length, line}, kGray);
  }
}

class Camera final : public MediaClock::Client, public std::enable_shared_from_this<Camera> {
 public:
  Camera(std::shared_ptr<MediaClock> clock, const SyntheticVideoOptions& options,
         std::shared_ptr<VideoSourceOrigin::Consumers> consumers)
      : clock_(std::move(clock)), consumers_(std::move(consumers)), next_options_(options) {}

  void Start() { clock_->Start(weak_from_this(), Interval(options())); }
  void Stop() { stopped_ = true; }

  SyntheticVideoOptions options() const {
    webrtc::MutexLock lock(&mutex_);
    return next_options_;
  }
  void SetOptions(const SyntheticVideoOptions& options) {
    webrtc::MutexLock lock(&mutex_);
    next_options_ = options;
  }

 private:
  static double Interval(const SyntheticVideoOptions& options) {
    return 1'000'000 / options.frame_rate;
  }

  bool OnTick(int64_t due_us) override {
    if (stopped_) return false;
    const SyntheticVideoOptions next = options();
    const bool in_time = frame_rate_ == 0 || frame_rate_ == next.frame_rate;
    frame_rate_ = next.frame_rate;
    if (!in_time) {
      // Another beat begins, with its first frame at once.
      clock_->Start(weak_from_this(), Interval(next));
      return false;
    }
    if (number_ == 0) start_us_ = due_us;
    const int64_t number = number_++;
    if (consumers_->empty()) return true;
    if (!background_ || background_->width() != next.width ||
        background_->height() != next.height) {
      DrawBackground(next);
    }
    const CanvasRef canvas = TakeCanvas();
    Draw(*canvas, next.is_display, number, static_cast<double>(due_us - start_us_) / 1'000'000);
    const webrtc::VideoFrame frame = webrtc::VideoFrame::Builder()
                                         .set_video_frame_buffer(canvas)
                                         .set_timestamp_us(due_us)
                                         .set_color_space(ConvertedColorSpace())
                                         .build();
    consumers_->ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(frame); });
    return true;
  }

  void DrawBackground(const SyntheticVideoOptions& options) {
    background_ = NewCanvas(options.width, options.height);
    canvases_.clear();
    if (options.is_display) {
      DrawDesktop(*background_);
    } else {
      DrawBars(*background_);
    }
  }

  CanvasRef TakeCanvas() {
    for (const CanvasRef& canvas : canvases_) {
      if (!canvas->HasOneRef()) continue;
      canvas->Restore(*background_);
      return canvas;
    }
    CanvasRef canvas = NewCanvas(background_->width(), background_->height());
    canvas->CopyAll(*background_);
    if (canvases_.size() < kMaxBuffers) canvases_.push_back(canvas);
    return canvas;
  }

  // By time and not by frame, so that the rate does not change the speed.
  static void Draw(Canvas& canvas, bool is_display, int64_t number, double seconds) {
    const int width = canvas.width(), height = canvas.height();
    const int size = std::max(2, std::min(width, height) / 12);
    if (is_display) {
      const double x = 0.5 + 0.4 * std::sin(seconds), y = 0.5 + 0.4 * std::sin(1.7 * seconds);
      canvas.Paint({static_cast<int>(x * (width - size)), static_cast<int>(y * (height - size)),
                    size / 2, size / 2},
                   kPointer);
    } else {
      const double sweep = std::fmod(seconds / 4, 1.0);
      canvas.Paint({static_cast<int>(sweep * width), 0, std::max(2, width / 32), height}, kWhite);
      const double x = std::abs(std::fmod(seconds / 3, 2.0) - 1);
      const double y = std::abs(std::sin(seconds * std::numbers::pi / 2));
      canvas.Paint({static_cast<int>(x * (width - size)),
                    static_cast<int>((1 - y) * (height - size)), size, size},
                   kPointer);
    }
    // Even, as all places are.
    const int dot = std::max(2, width / (2 * kTextLength * kCell)) & ~1;
    char text[32];
    std::snprintf(text, sizeof(text), "%012lld", static_cast<long long>(number));
    canvas.Write(text, dot, dot, dot);
    const int64_t ms = webrtc::TimeUTCMillis() % 86'400'000;
    std::snprintf(text, sizeof(text), "%02d:%02d:%02d.%03d", static_cast<int>(ms / 3'600'000),
                  static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                  static_cast<int>(ms % 1000));
    canvas.Write(text, dot, dot * (kGlyphHeight + 4), dot);
  }

  const std::shared_ptr<MediaClock> clock_;
  const std::shared_ptr<VideoSourceOrigin::Consumers> consumers_;
  std::atomic<bool> stopped_ = false;

  mutable webrtc::Mutex mutex_;
  SyntheticVideoOptions next_options_ RTC_GUARDED_BY(mutex_);

  // Of the clock's thread.
  CanvasRef background_;
  std::vector<CanvasRef> canvases_;
  double frame_rate_ = 0;
  int64_t number_ = 0;
  int64_t start_us_ = 0;
};

class SyntheticVideoOrigin : public VideoSourceOrigin {
 public:
  SyntheticVideoOrigin(std::shared_ptr<MediaClock> clock, const SyntheticVideoOptions& options)
      : VideoSourceOrigin(options.is_display, /*needs_denoising=*/false),
        camera_(std::make_shared<Camera>(std::move(clock), options, consumers())) {
    camera_->Start();
  }

  void Stop() override {
    camera_->Stop();
    VideoSourceOrigin::Stop();
  }
  void SetFormat(int width, int height, double frame_rate) override {
    SyntheticVideoOptions options = camera_->options();
    options.width = width;
    options.height = height;
    options.frame_rate = frame_rate;
    camera_->SetOptions(options);
  }

 private:
  const std::shared_ptr<Camera> camera_;
};

}  // namespace

webrtc::scoped_refptr<VideoSourceOrigin> CreateSyntheticVideo(
    std::shared_ptr<MediaClock> clock, const SyntheticVideoOptions& options) {
  return webrtc::make_ref_counted<SyntheticVideoOrigin>(std::move(clock), options);
}

}  // namespace node_libwebrtc
