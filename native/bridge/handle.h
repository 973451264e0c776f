#ifndef NATIVE_BRIDGE_HANDLE_H_
#define NATIVE_BRIDGE_HANDLE_H_

#include <napi.h>

#include <memory>
#include <utility>

#include "native/bridge/sink.h"
#include "native/runtime/runtime.h"

namespace node_libwebrtc {

// A reference to a handle that any thread may keep and copy. Only the JS thread may look through
// it: the garbage collector takes a handle whenever it likes.
template <typename T>
class WeakHandle {
 public:
  WeakHandle() = default;

  // Null when the handle is gone. On the JS thread.
  T* get() const { return target_ ? *target_ : nullptr; }

 private:
  template <typename>
  friend class Handle;

  explicit WeakHandle(std::shared_ptr<T*> target) : target_(std::move(target)) {}

  std::shared_ptr<T*> target_;
};

// The C++ side of one JS object that owns one object of libwebrtc. Its JS object has a property
// `sink`, with the functions that want to hear what libwebrtc reports. There is no reference from
// here to the JS object or its sink: whoever wants events keeps the JS object alive.
//
// `T` has a constructor `T(const Napi::CallbackInfo&)`, and `OnEngineStop`.
template <typename T>
class Handle : public Napi::ObjectWrap<T>, public EngineDependent {
 public:
  WeakHandle<T> Weak() const { return WeakHandle<T>(target_); }

 protected:
  explicit Handle(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<T>(info),
        runtime_(Runtime::From(info.Env())),
        target_(std::make_shared<T*>(static_cast<T*>(this))) {
    runtime_->AddDependent(this);
  }

  ~Handle() override {
    *target_ = nullptr;
    runtime_->RemoveDependent(this);
  }

  Runtime& runtime() const { return *runtime_; }
  const std::shared_ptr<Runtime>& shared_runtime() const { return runtime_; }
  EventLoop& loop() const { return runtime_->loop(); }

  // Calls `sink[name]` in a JS task of its own, if this handle, its sink and the function still
  // exist by then. `fill(env, arguments)` appends the arguments, in that task. `name` must be a
  // literal.
  //
  // On the JS thread. Other threads use `Post` below with a `WeakHandle` that they got beforehand.
  template <typename Fill>
  void Emit(const char* name, Fill fill) {
    Post(loop(), Weak(), name, std::move(fill));
  }
  void Emit(const char* name) {
    Emit(name, [](Napi::Env, SinkArguments&) {});
  }

 public:
  // `Emit` for any thread.
  template <typename Fill>
  static void Post(EventLoop& loop, WeakHandle<T> weak, const char* name, Fill fill) {
    loop.Post([weak = std::move(weak), name, fill = std::move(fill)](Napi::Env env) mutable {
      if (T* handle = weak.get()) CallSink(env, handle->Value(), name, std::move(fill));
    });
  }

 private:
  const std::shared_ptr<Runtime> runtime_;
  const std::shared_ptr<T*> target_;
};

// The handles' constructors are no business of scripts: they take one external value, which points
// at `T::Init`.
//
// `T::kClassName` names the class; `Runtime::SetConstructor` has been called with it. Empty when JS
// cannot run any more, because the environment is being torn down.
template <typename T>
Napi::Object NewHandle(Runtime& runtime, typename T::Init init) {
  Napi::Env env = runtime.env();
  Napi::Function constructor = runtime.GetConstructor(T::kClassName);
  if (constructor.IsEmpty()) return Napi::Object();
  return constructor.New({Napi::External<typename T::Init>::New(env, &init)});
}

// For such a constructor: its arguments, or null after throwing, because a script called it.
template <typename Init>
Init* TakeInit(const Napi::CallbackInfo& info) {
  if (info.Length() == 1 && info[0].IsExternal()) {
    return info[0].As<Napi::External<Init>>().Data();
  }
  Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
  return nullptr;
}

// Whether a JS value is an object with that tag. Tags tell the handles of a class from any other
// object that a script may give.
inline bool HasTypeTag(napi_env env, napi_value value, const napi_type_tag& tag) {
  napi_valuetype type;
  bool matches = false;
  // Node-API makes an object of any other value first, or throws when it cannot.
  return value && napi_typeof(env, value, &type) == napi_ok && type == napi_object &&
         napi_check_object_type_tag(env, value, &tag, &matches) == napi_ok && matches;
}

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_HANDLE_H_
