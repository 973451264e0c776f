#ifndef NATIVE_DATA_CHANNEL_PIPE_H_
#define NATIVE_DATA_CHANNEL_PIPE_H_

#include <napi.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "api/data_channel_interface.h"
#include "api/ref_counted_base.h"
#include "api/rtc_error.h"
#include "api/scoped_refptr.h"
#include "native/message_batch.h"
#include "native/network/network_turn.h"
#include "native/network/receive_budget.h"
#include "native/runtime/runtime.h"
#include "rtc_base/copy_on_write_buffer.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// What a pipe hands to the JS thread. Each call happens in a JS task of its own.
class DataChannelReceiver {
 public:
  // False when nobody listens yet; the pipe then keeps what it has and asks again with the next
  // arrival.
  virtual bool IsListening() = 0;
  virtual void OnOpen() = 0;
  virtual void OnClosing() = 0;
  virtual void OnClosed(const webrtc::RTCError& error) = 0;
  // The messages of `batch` from `first` to before `last`.
  virtual void OnMessages(MessageBatch& batch, size_t first, size_t last) = 0;
  virtual void OnSent(uint64_t bytes) = 0;

 protected:
  ~DataChannelReceiver() = default;
};

// The way of one data channel's messages between the JS thread and the network thread.
//
// Both directions are queues that the producer appends to and the consumer takes whole, so that
// many messages cost one wake-up of the other thread. Nobody waits for the other thread, and the
// order of messages and states is kept.
//
// libwebrtc calls a pipe until the channel is closed, whoever else has let go of it: until then it
// holds itself.
class DataChannelPipe final : public webrtc::RefCountedBase,
                              public webrtc::DataChannelObserver,
                              public EngineDependent {
 public:
  // On the JS thread, while the engine runs.
  static webrtc::scoped_refptr<DataChannelPipe> Create(
      std::shared_ptr<Runtime> runtime,
      webrtc::scoped_refptr<webrtc::DataChannelInterface> channel);

  // On the JS thread.

  // Null lets go of the receiver: the channel is closed, since nobody could do it later, and
  // messages are dropped.
  void SetReceiver(DataChannelReceiver* receiver);
  // Copies the message into the batch that the network thread takes next.
  void Send(std::span<const uint8_t> message, bool binary);
  // Begins the closing procedure, behind the messages that are on their way to the network thread.
  void Close();
  // Empty until the stream id is settled, which happens at the latest when the channel opens.
  std::optional<int> id();

  // From any thread.
  webrtc::DataChannelInterface::DataState state() const { return state_; }

 private:
  using State = webrtc::DataChannelInterface::DataState;

  // A change of state, and how many messages of the batch came before it.
  struct StateChange {
    State state;
    webrtc::RTCError error;
    size_t position;
  };

  // What the network thread has for the JS thread.
  struct Inbox {
    MessageBatch messages;
    std::vector<StateChange> changes;
    uint64_t sent_bytes = 0;
    // Where the messages are accounted for; null if nowhere. Those that came before we listened are
    // not.
    std::shared_ptr<ReceiveBudget> budget;
    size_t taken_bytes = 0;
  };

  DataChannelPipe(std::shared_ptr<Runtime> runtime,
                  webrtc::scoped_refptr<webrtc::DataChannelInterface> channel);
  ~DataChannelPipe() override = default;

  // webrtc::DataChannelObserver, on the network thread.
  void OnStateChange() override;
  void OnMessage(const webrtc::DataBuffer& buffer) override;
  void OnBufferedAmountChange(uint64_t sent_bytes) override;
  bool IsOkToCallOnTheNetworkThread() override { return true; }

  // EngineDependent, on the JS thread.
  void OnEngineStop() override;

  void Attach() RTC_RUN_ON(network_thread_);
  void ReportState(State state) RTC_RUN_ON(network_thread_);
  void PushChange(State state, webrtc::RTCError error);
  void SendOutbox() RTC_RUN_ON(network_thread_);

  // True if the caller, having let go of the lock, must call `PostDelivery`.
  [[nodiscard]] bool ScheduleDelivery() RTC_EXCLUSIVE_LOCKS_REQUIRED(inbox_mutex_);
  // From any thread.
  void PostDelivery();

  // On the JS thread.
  void Deliver();
  // True if what was taken from the network thread is all delivered.
  bool Delivered() const;
  void DeliverNext();
  void DeliverChange(const StateChange& change);
  // libwebrtc has closed the channel and never calls again.
  void Detach();

  webrtc::Thread* const network_thread_;
  NetworkTurn& turn_;
  EventLoop& loop_;

  std::atomic<State> state_ = State::kConnecting;
  // -1 while unknown.
  std::atomic<int> id_ = -1;
  // Nobody will ever take the messages.
  std::atomic<bool> abandoned_ = false;

  webrtc::Mutex outbox_mutex_;
  MessageBatch outbox_ RTC_GUARDED_BY(outbox_mutex_);
  bool sending_scheduled_ RTC_GUARDED_BY(outbox_mutex_) = false;
  // What is being sent, and the one buffer that small messages are sent from; kept for their
  // memory.
  MessageBatch sending_ RTC_GUARDED_BY(network_thread_);
  webrtc::CopyOnWriteBuffer scratch_ RTC_GUARDED_BY(network_thread_);

  webrtc::Mutex inbox_mutex_;
  Inbox inbox_ RTC_GUARDED_BY(inbox_mutex_);
  bool delivery_scheduled_ RTC_GUARDED_BY(inbox_mutex_) = false;

  // Belong to the JS thread. The network thread may use the channel until it has reported that it
  // is closed.
  std::shared_ptr<Runtime> runtime_;
  webrtc::scoped_refptr<webrtc::DataChannelInterface> channel_;
  webrtc::scoped_refptr<DataChannelPipe> self_;
  DataChannelReceiver* receiver_ = nullptr;
  // `Close` was called.
  bool closing_ = false;
  Inbox delivering_;
  size_t delivered_messages_ = 0;
  size_t delivered_changes_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DATA_CHANNEL_PIPE_H_
