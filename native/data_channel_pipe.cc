#include "native/data_channel_pipe.h"

#include <algorithm>
#include <utility>

#include "api/sequence_checker.h"
#include "rtc_base/checks.h"

namespace node_libwebrtc {

namespace {

// One call of JS gets at most so much: the event loop has its turn before the rest.
constexpr size_t kMaxDeliveredMessages = 512;
constexpr size_t kMaxDeliveredBytes = 4 * 1024 * 1024;

}  // namespace

webrtc::scoped_refptr<DataChannelPipe> DataChannelPipe::Create(
    std::shared_ptr<Runtime> runtime, webrtc::scoped_refptr<webrtc::DataChannelInterface> channel) {
  webrtc::scoped_refptr<DataChannelPipe> pipe(
      new DataChannelPipe(std::move(runtime), std::move(channel)));
  pipe->self_ = pipe;
  pipe->runtime_->AddDependent(pipe.get());
  // Not waited for: whatever libwebrtc does for this channel from now on comes after it.
  pipe->network_thread_->PostTask([pipe] {
    RTC_DCHECK_RUN_ON(pipe->network_thread_);
    pipe->Attach();
  });
  return pipe;
}

DataChannelPipe::DataChannelPipe(std::shared_ptr<Runtime> runtime,
                                 webrtc::scoped_refptr<webrtc::DataChannelInterface> channel)
    : network_thread_(runtime->engine()->network_thread()),
      turn_(runtime->engine()->network_turn()),
      loop_(runtime->loop()),
      reader_(&loop_),
      runtime_(std::move(runtime)),
      channel_(std::move(channel)) {}

void DataChannelPipe::SetReceiver(DataChannelReceiver* receiver) {
  receiver_ = receiver;
  if (receiver_) return;
  Abandon();
  if (released_) {
    // The owner, who outlives the channel, does the rest.
    webrtc::MutexLock lock(&reader_mutex_);
    reader_ = nullptr;
    ++reader_number_;
    return;
  }
  // What nobody listened to before may include that the channel is closed.
  {
    webrtc::MutexLock lock(&inbox_mutex_);
    if (!ScheduleDelivery()) return;
  }
  PostDelivery();
}

void DataChannelPipe::Abandon() {
  abandoned_ = true;
  Close();
}

// ---- From thread to thread

bool DataChannelPipe::GiveAway() {
  if (closing_ || !runtime_ || !Delivered()) return false;
  if (id_ < 0) id_ = channel_->id();
  {
    webrtc::MutexLock lock(&reader_mutex_);
    reader_ = nullptr;
    ++reader_number_;
  }
  receiver_ = nullptr;
  released_ = true;
  // Whoever closes the channel after this lets the owner know.
  if (state_ == State::kClosed) Detach();
  return true;
}

void DataChannelPipe::Adopt(EventLoop& loop, DataChannelReceiver* receiver) {
  receiver_ = receiver;
  {
    webrtc::MutexLock lock(&reader_mutex_);
    reader_ = &loop;
    ++reader_number_;
  }
  // What has come on the way, and what had been posted to the thread before.
  {
    webrtc::MutexLock lock(&inbox_mutex_);
    delivery_scheduled_ = true;
  }
  PostDelivery();
}

// ---- JS thread to network thread

void DataChannelPipe::PostToNetwork(absl::AnyInvocable<void() &&> task) {
  if (network_is_there_) network_thread_->PostTask(std::move(task));
}

void DataChannelPipe::Send(std::span<const uint8_t> message, bool binary) {
  if (closing_ || state_ == State::kClosed) return;
  webrtc::MutexLock lock(&outbox_mutex_);
  outbox_.Append(message, binary);
  if (std::exchange(sending_scheduled_, true)) return;
  PostToNetwork([pipe = webrtc::scoped_refptr(this)] {
    RTC_DCHECK_RUN_ON(pipe->network_thread_);
    pipe->SendOutbox();
  });
}

void DataChannelPipe::SendOutbox() {
  {
    webrtc::MutexLock lock(&outbox_mutex_);
    std::swap(outbox_, sending_);
    sending_scheduled_ = false;
  }
  NetworkTurn::Scope turn(turn_);
  for (size_t i = 0; i < sending_.size(); ++i) {
    // A failure closes the channel, which is then reported as any other change of state. What
    // remains is lost, as the specification has it.
    if (state_ != State::kOpen) break;
    const MessageBatch::Message& message = sending_[i];
    if (message.is_large()) {
      channel_->Send(webrtc::DataBuffer(sending_.large(i), message.binary));
      sending_.Release(i);
    } else {
      const std::span<const uint8_t> bytes = sending_.bytes(i);
      scratch_.SetData(bytes.data(), bytes.size());
      channel_->Send(webrtc::DataBuffer(scratch_, message.binary));
    }
  }
  sending_.Clear();
}

void DataChannelPipe::Close() {
  if (state_ == State::kClosed || closing_.exchange(true)) return;
  webrtc::MutexLock lock(&outbox_mutex_);
  PostToNetwork([pipe = webrtc::scoped_refptr(this)] {
    RTC_DCHECK_RUN_ON(pipe->network_thread_);
    if (pipe->state_ == State::kClosed) return;
    pipe->SendOutbox();
    if (pipe->state_ != State::kClosed) pipe->channel_->Close();
  });
}

std::optional<int> DataChannelPipe::id() {
  if (id_ < 0 && state_ != State::kClosed && !released_) id_ = channel_->id();
  return id_ < 0 ? std::nullopt : std::optional<int>(id_);
}

// ---- Network thread to JS thread

void DataChannelPipe::Attach() {
  // What happened before there was an observer is reported now, ahead of the messages that
  // libwebrtc has kept.
  const State state = channel_->state();
  if (state != State::kConnecting) ReportState(state);
  if (state != State::kClosed) channel_->RegisterObserver(this);
}

void DataChannelPipe::OnStateChange() {
  RTC_DCHECK_RUN_ON(network_thread_);
  ReportState(channel_->state());
}

void DataChannelPipe::ReportState(State state) {
  if (state == State::kOpen) id_ = channel_->id();
  state_ = state;
  if (state != State::kClosed) {
    PushChange(state, webrtc::RTCError::OK());
    return;
  }
  // The report makes the JS thread release the channel, and we may be deep inside one of its calls.
  network_thread_->PostTask(
      [pipe = webrtc::scoped_refptr(this), error = channel_->error()]() mutable {
        pipe->PushChange(State::kClosed, std::move(error));
        if (pipe->released_) pipe->loop_.Post([pipe](Napi::Env) { pipe->Detach(); });
      });
}

void DataChannelPipe::PushChange(State state, webrtc::RTCError error) {
  {
    webrtc::MutexLock lock(&inbox_mutex_);
    inbox_.changes.push_back(
        {.state = state, .error = std::move(error), .position = inbox_.messages.size()});
    if (!ScheduleDelivery()) return;
  }
  bool is_ours = false;
  {
    webrtc::MutexLock lock(&reader_mutex_);
    is_ours = reader_ == &loop_;
  }
  if (state != State::kOpen || !is_ours) {
    PostDelivery();
    return;
  }
  // Through libwebrtc's queue of the JS thread, behind what it has to tell of the transports that
  // the channel is open on: their last candidates, for one.
  loop_.thread()->PostTask([pipe = webrtc::scoped_refptr(this)] { pipe->PostDelivery(); });
}

void DataChannelPipe::OnMessage(const webrtc::DataBuffer& buffer) {
  RTC_DCHECK_RUN_ON(network_thread_);
  if (abandoned_) return;
  {
    webrtc::MutexLock lock(&inbox_mutex_);
    inbox_.messages.Append(buffer.data, buffer.binary);
    if (const auto& budget = turn_.receive_budget()) {
      const size_t bytes = buffer.size() + ReceiveBudget::kMessageBytes;
      budget->Take(bytes);
      inbox_.taken_bytes += bytes;
      if (inbox_.budget != budget) inbox_.budget = budget;
    }
    if (!ScheduleDelivery()) return;
  }
  PostDelivery();
}

void DataChannelPipe::OnBufferedAmountChange(uint64_t sent_bytes) {
  RTC_DCHECK_RUN_ON(network_thread_);
  if (abandoned_) return;
  {
    webrtc::MutexLock lock(&inbox_mutex_);
    inbox_.sent_bytes += sent_bytes;
    if (!ScheduleDelivery()) return;
  }
  PostDelivery();
}

bool DataChannelPipe::ScheduleDelivery() { return !std::exchange(delivery_scheduled_, true); }

void DataChannelPipe::PostDelivery() {
  webrtc::MutexLock lock(&reader_mutex_);
  if (!reader_) return;
  reader_->Post([pipe = webrtc::scoped_refptr(this), reader = reader_number_](Napi::Env) {
    pipe->Deliver(reader);
  });
}

void DataChannelPipe::Deliver(uint32_t reader) {
  {
    // The engine may have stopped meanwhile, or the pipe may have gone to another thread.
    webrtc::MutexLock lock(&reader_mutex_);
    if (reader != reader_number_) return;
  }
  if (Delivered()) {
    // Everything taken before is delivered; take what has come since.
    delivering_.messages.Clear();
    delivering_.changes.clear();
    delivering_.budget.reset();
    delivered_messages_ = delivered_changes_ = 0;
    webrtc::MutexLock lock(&inbox_mutex_);
    std::swap(delivering_, inbox_);
  }
  if (receiver_ && !receiver_->IsListening()) {
    // A channel whose sink is yet to come. Its first message, if it has any, wakes us again;
    // TypeScript sets the sink in the task that makes the handle, so this is not a state to stay
    // in.
    webrtc::MutexLock lock(&inbox_mutex_);
    delivery_scheduled_ = false;
    return;
  }
  // JS may let go of everything in the call.
  const webrtc::scoped_refptr<DataChannelPipe> keep_alive(this);
  DeliverNext();
  if (Delivered()) {
    webrtc::MutexLock lock(&inbox_mutex_);
    if (inbox_.messages.empty() && inbox_.changes.empty() && inbox_.sent_bytes == 0) {
      delivery_scheduled_ = false;
      return;
    }
  }
  PostDelivery();
}

bool DataChannelPipe::Delivered() const {
  return delivering_.sent_bytes == 0 && delivered_messages_ == delivering_.messages.size() &&
         delivered_changes_ == delivering_.changes.size();
}

void DataChannelPipe::DeliverNext() {
  if (delivering_.sent_bytes > 0) {
    const uint64_t bytes = std::exchange(delivering_.sent_bytes, 0);
    if (receiver_) receiver_->OnSent(bytes);
    return;
  }
  const bool change_pending = delivered_changes_ < delivering_.changes.size();
  const size_t end = change_pending ? delivering_.changes[delivered_changes_].position
                                    : delivering_.messages.size();
  if (delivered_messages_ < end) {
    const size_t first = delivered_messages_;
    size_t bytes = 0;
    while (delivered_messages_ < end && delivered_messages_ - first < kMaxDeliveredMessages &&
           bytes < kMaxDeliveredBytes) {
      bytes += delivering_.messages[delivered_messages_++].size;
    }
    if (delivering_.budget) {
      // Never more than was taken, and all of it in the end.
      const size_t most = bytes + (delivered_messages_ - first) * ReceiveBudget::kMessageBytes;
      const bool is_last = delivered_messages_ == delivering_.messages.size();
      const size_t given =
          is_last ? delivering_.taken_bytes : std::min(most, delivering_.taken_bytes);
      delivering_.taken_bytes -= given;
      webrtc::MutexLock lock(&outbox_mutex_);
      if (network_is_there_) delivering_.budget->GiveBack(given);
    }
    if (receiver_) receiver_->OnMessages(delivering_.messages, first, delivered_messages_);
    return;
  }
  if (change_pending) DeliverChange(delivering_.changes[delivered_changes_++]);
}

void DataChannelPipe::DeliverChange(const StateChange& change) {
  switch (change.state) {
    case State::kConnecting:
      break;
    case State::kOpen:
      if (receiver_) receiver_->OnOpen();
      break;
    case State::kClosing:
      if (receiver_) receiver_->OnClosing();
      break;
    case State::kClosed: {
      const webrtc::RTCError error = change.error;
      if (!released_) Detach();
      if (receiver_) receiver_->OnClosed(error);
      break;
    }
  }
}

void DataChannelPipe::Detach() {
  channel_ = nullptr;
  if (!runtime_) return;
  runtime_->RemoveDependent(this);
  // The environment may outlive everything, but this must not be what keeps it.
  runtime_ = nullptr;
  self_ = nullptr;
}

void DataChannelPipe::OnEngineStop() {
  const webrtc::scoped_refptr<DataChannelPipe> keep_alive(this);
  const bool is_open = state_ != State::kClosed;
  if (is_open) {
    channel_->UnregisterObserver();
    // Behind this nothing on the network thread uses the channel.
    network_thread_->BlockingCall([this] { state_ = State::kClosed; });
  }
  {
    webrtc::MutexLock lock(&outbox_mutex_);
    network_is_there_ = false;
  }
  if (released_) {
    // To the other thread it is a channel whose connection has ended.
    if (is_open) PushChange(State::kClosed, webrtc::RTCError::OK());
  } else {
    webrtc::MutexLock lock(&reader_mutex_);
    reader_ = nullptr;
    ++reader_number_;
  }
  Detach();
}

}  // namespace node_libwebrtc
