#ifndef NATIVE_BRIDGE_HANDLE_CACHE_H_
#define NATIVE_BRIDGE_HANDLE_CACHE_H_

#include <napi.h>

#include <map>

#include "native/bridge/handle.h"

namespace node_libwebrtc {

// Finds the one handle of an object of libwebrtc, so that a transport keeps its identity in JS.
// Weak: it keeps no handle alive. Belongs to the JS thread.
template <typename T>
class HandleCache {
 public:
  // The handle's JS object, or an empty value.
  Napi::Value Find(const void* key) const {
    auto entry = handles_.find(key);
    T* handle = entry == handles_.end() ? nullptr : entry->second.get();
    // Between its collection and its finalizer a handle has no JS object any more.
    return handle ? Napi::Value(handle->Value()) : Napi::Value();
  }
  // A handle that replaces a collected one takes over the key.
  void Insert(const void* key, T* handle) { handles_[key] = handle->Weak(); }
  // True if `handle` was the one for `key`; if not, another handle has taken over and owns the
  // observer's place.
  bool Erase(const void* key, const T* handle) {
    auto entry = handles_.find(key);
    if (entry == handles_.end() || entry->second.get() != handle) return false;
    handles_.erase(entry);
    return true;
  }

 private:
  std::map<const void*, WeakHandle<T>> handles_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_HANDLE_CACHE_H_
