#ifndef NATIVE_DATA_CHANNEL_PIPE_H_
#define NATIVE_DATA_CHANNEL_PIPE_H_

#include <napi.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
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
//
// The JS thread is the one on which the pipe was made, its owner, until `GiveAway`. Whoever calls
// `Adopt` then sends and receives on a thread of its own, past the owner's, which only keeps the
// channel.
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

  // Takes the pipe from its receiver, once, for another thread. False if that is too late:
  // something has been delivered in part, or the channel is being closed. On the owner's thread.
  bool GiveAway();
  // Delivers to `receiver` on the thread of `loop` from now on, which is the JS thread then.
  // Whoever owns the loop calls `SetReceiver(nullptr)` before that goes.
  void Adopt(EventLoop& loop, DataChannelReceiver* receiver);

  // From any thread.
  webrtc::DataChannelInterface::DataState state() const { return state_; }
  // Nobody will ever adopt it.
  void Abandon();
  // The largest message that may be sent, in bytes, as the owner knows it.
  double max_message_size() const { return max_message_size_; }
  void set_max_message_size(double bytes) { max_message_size_ = bytes; }

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

  // On the JS thread, if `reader` is the number of the one that listens there.
  void Deliver(uint32_t reader);
  // True if what was taken from the network thread is all delivered.
  bool Delivered() const;
  void DeliverNext();
  void DeliverChange(const StateChange& change);
  // libwebrtc has closed the channel and never calls again. On the owner's thread.
  void Detach();
  // Runs `task` on the network thread, if that is still there. From any thread.
  void PostToNetwork(absl::AnyInvocable<void() &&> task)
      RTC_EXCLUSIVE_LOCKS_REQUIRED(outbox_mutex_);

  webrtc::Thread* const network_thread_;
  NetworkTurn& turn_;
  EventLoop& loop_;

  std::atomic<State> state_ = State::kConnecting;
  // -1 while unknown.
  std::atomic<int> id_ = -1;
  // Nobody will ever take the messages.
  std::atomic<bool> abandoned_ = false;
  // `Close` was called.
  std::atomic<bool> closing_ = false;
  // `GiveAway` was called: the JS thread is not the owner's.
  std::atomic<bool> released_ = false;
  std::atomic<double> max_message_size_ = std::numeric_limits<double>::infinity();

  webrtc::Mutex outbox_mutex_;
  // The network thread may be gone before those who send.
  bool network_is_there_ RTC_GUARDED_BY(outbox_mutex_) = true;
  MessageBatch outbox_ RTC_GUARDED_BY(outbox_mutex_);
  bool sending_scheduled_ RTC_GUARDED_BY(outbox_mutex_) = false;
  // What is being sent, and the one buffer that small messages are sent from; kept for their
  // memory.
  MessageBatch sending_ RTC_GUARDED_BY(network_thread_);
  webrtc::CopyOnWriteBuffer scratch_ RTC_GUARDED_BY(network_thread_);

  webrtc::Mutex inbox_mutex_;
  Inbox inbox_ RTC_GUARDED_BY(inbox_mutex_);
  bool delivery_scheduled_ RTC_GUARDED_BY(inbox_mutex_) = false;

  // The JS thread, null while there is none, and the number by which what has been posted to the
  // one before is known.
  webrtc::Mutex reader_mutex_;
  EventLoop* reader_ RTC_GUARDED_BY(reader_mutex_);
  uint32_t reader_number_ RTC_GUARDED_BY(reader_mutex_) = 0;

  // Belong to the owner's thread. The network thread may use the channel until it has reported that
  // it is closed.
  std::shared_ptr<Runtime> runtime_;
  webrtc::scoped_refptr<webrtc::DataChannelInterface> channel_;
  webrtc::scoped_refptr<DataChannelPipe> self_;

  // Belong to the JS thread.
  DataChannelReceiver* receiver_ = nullptr;
  Inbox delivering_;
  size_t delivered_messages_ = 0;
  size_t delivered_changes_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DATA_CHANNEL_PIPE_H_
