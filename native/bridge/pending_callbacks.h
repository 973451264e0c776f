#ifndef NATIVE_BRIDGE_PENDING_CALLBACKS_H_
#define NATIVE_BRIDGE_PENDING_CALLBACKS_H_

#include <napi.h>

#include <cstdint>
#include <map>
#include <utility>

namespace node_libwebrtc {

// The JS callbacks of operations in progress. What libwebrtc keeps for an operation is only a
// number, so that the callbacks can be dropped at any time, whatever libwebrtc still holds. Belongs
// to the JS thread.
class PendingCallbacks final {
 public:
  using Id = uint64_t;

  Id Add(Napi::Function callback) {
    callbacks_.emplace(++last_id_, Napi::Persistent(callback));
    return last_id_;
  }
  // The callback that was added last.
  Id last_id() const { return last_id_; }
  // The callback, which is then no longer pending; empty if it was dropped.
  Napi::Function Take(Id id) {
    auto entry = callbacks_.find(id);
    if (entry == callbacks_.end()) return Napi::Function();
    Napi::Function callback = entry->second.Value();
    callbacks_.erase(entry);
    return callback;
  }
  void Clear() { callbacks_.clear(); }

 private:
  std::map<Id, Napi::FunctionReference> callbacks_;
  Id last_id_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_PENDING_CALLBACKS_H_
