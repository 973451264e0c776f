#ifndef NATIVE_BRIDGE_CONVERT_H_
#define NATIVE_BRIDGE_CONVERT_H_

#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace node_libwebrtc {

// Reading: total functions that never throw. TypeScript has converted what scripts gave; a value of
// another type or out of range reads as nothing.

std::optional<std::string> ReadString(napi_env env, napi_value value);
std::optional<bool> ReadBool(napi_env env, napi_value value);
// NaN and infinities read as nothing.
std::optional<double> ReadNumber(napi_env env, napi_value value);
// The nearest integer toward zero; nothing if it does not lie in [`min`, `max`].
std::optional<int64_t> ReadInteger(napi_env env, napi_value value, int64_t min, int64_t max);
std::vector<napi_value> ReadArray(napi_env env, napi_value value);

// The member of an object; null if there is none, or no object.
napi_value Member(napi_env env, napi_value object, const char* name);

// Writing. A failure gives null, which Node-API takes as an argument without harm.

// Bytes that are not UTF-8 become U+FFFD.
napi_value ToJs(napi_env env, absl::string_view value);
inline napi_value ToJs(napi_env env, const std::string& value) {
  return ToJs(env, absl::string_view(value));
}
inline napi_value ToJs(napi_env env, const char* value) {
  return ToJs(env, absl::string_view(value));
}
napi_value ToJs(napi_env env, bool value);
napi_value ToJs(napi_env env, double value);
inline napi_value ToJs(napi_env env, int value) { return ToJs(env, static_cast<double>(value)); }
inline napi_value ToJs(napi_env env, uint32_t value) {
  return ToJs(env, static_cast<double>(value));
}
napi_value Null(napi_env env);
napi_value Undefined(napi_env env);

template <typename T>
napi_value ToJs(napi_env env, const std::optional<T>& value) {
  return value ? ToJs(env, *value) : Null(env);
}

// A plain object; members of null are left out.
napi_value MakeObject(napi_env env,
                      std::initializer_list<std::pair<const char*, napi_value>> members);
napi_value MakeArray(napi_env env, const std::vector<napi_value>& elements);
// Copies the bytes.
napi_value MakeArrayBuffer(napi_env env, const void* data, size_t size);

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_CONVERT_H_
