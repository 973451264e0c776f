#ifndef NATIVE_BRIDGE_TRANSFER_TABLE_H_
#define NATIVE_BRIDGE_TRANSFER_TABLE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// What is on its way from one environment of the process to another: JS carries a number, this
// keeps what it stands for. Any thread may call anything.
template <typename T>
class TransferTable final {
 public:
  // Never destroyed: threads may outlive what is global.
  static TransferTable& Get() {
    static TransferTable* const table = new TransferTable();
    return *table;
  }

  // `owner` stands for the environment that sends, `group` for one of the ways by which it does.
  uint64_t Put(const void* owner, T item, int64_t group = 0) {
    webrtc::MutexLock lock(&mutex_);
    items_.emplace(++last_token_, Entry{owner, group, std::move(item)});
    return last_token_;
  }
  // Once for each token.
  std::optional<T> Take(uint64_t token) {
    webrtc::MutexLock lock(&mutex_);
    auto entry = items_.find(token);
    if (entry == items_.end()) return std::nullopt;
    T item = std::move(entry->second.item);
    items_.erase(entry);
    return item;
  }
  // Frees what nobody has taken.
  void Drop(const void* owner) {
    webrtc::MutexLock lock(&mutex_);
    std::erase_if(items_, [owner](const auto& entry) { return entry.second.owner == owner; });
  }
  // The same for one way, on which nothing arrives any more.
  void Drop(const void* owner, int64_t group) {
    webrtc::MutexLock lock(&mutex_);
    std::erase_if(items_, [owner, group](const auto& entry) {
      return entry.second.owner == owner && entry.second.group == group;
    });
  }

 private:
  struct Entry {
    const void* owner;
    int64_t group;
    T item;
  };

  webrtc::Mutex mutex_;
  std::map<uint64_t, Entry> items_ RTC_GUARDED_BY(mutex_);
  uint64_t last_token_ RTC_GUARDED_BY(mutex_) = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_TRANSFER_TABLE_H_
