#include "native/bridge/convert.h"

#include <cmath>
#include <cstring>

namespace node_libwebrtc {

namespace {

bool Is(napi_env env, napi_value value, napi_valuetype expected) {
  napi_valuetype type;
  return value && napi_typeof(env, value, &type) == napi_ok && type == expected;
}

}  // namespace

std::optional<std::string> ReadString(napi_env env, napi_value value) {
  if (!Is(env, value, napi_string)) return std::nullopt;
  size_t size = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &size) != napi_ok) return std::nullopt;
  // Node-API writes a terminating zero, for which a string has room behind its end.
  std::string result(size, '\0');
  if (napi_get_value_string_utf8(env, value, result.data(), size + 1, &size) != napi_ok) {
    return std::nullopt;
  }
  result.resize(size);
  return result;
}

std::optional<bool> ReadBool(napi_env env, napi_value value) {
  bool result;
  if (!Is(env, value, napi_boolean) || napi_get_value_bool(env, value, &result) != napi_ok) {
    return std::nullopt;
  }
  return result;
}

std::optional<double> ReadNumber(napi_env env, napi_value value) {
  double result;
  if (!Is(env, value, napi_number) || napi_get_value_double(env, value, &result) != napi_ok ||
      !std::isfinite(result)) {
    return std::nullopt;
  }
  return result;
}

std::optional<int64_t> ReadInteger(napi_env env, napi_value value, int64_t min, int64_t max) {
  std::optional<double> number = ReadNumber(env, value);
  // Compared as doubles: a conversion out of the range of int64_t is undefined.
  if (!number || *number < static_cast<double>(min) || *number > static_cast<double>(max)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(*number);
}

std::vector<napi_value> ReadArray(napi_env env, napi_value value) {
  std::vector<napi_value> result;
  bool is_array = false;
  uint32_t length = 0;
  if (!value || napi_is_array(env, value, &is_array) != napi_ok || !is_array ||
      napi_get_array_length(env, value, &length) != napi_ok) {
    return result;
  }
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element;
    if (napi_get_element(env, value, i, &element) != napi_ok) break;
    result.push_back(element);
  }
  return result;
}

napi_value Member(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  if (!Is(env, object, napi_object) ||
      napi_get_named_property(env, object, name, &value) != napi_ok) {
    return nullptr;
  }
  return value;
}

napi_value ToJs(napi_env env, absl::string_view value) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, value.data() ? value.data() : "", value.size(), &result);
  return result;
}

napi_value ToJs(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value ToJs(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

napi_value Null(napi_env env) {
  napi_value result = nullptr;
  napi_get_null(env, &result);
  return result;
}

napi_value Undefined(napi_env env) {
  napi_value result = nullptr;
  napi_get_undefined(env, &result);
  return result;
}

napi_value MakeObject(napi_env env,
                      std::initializer_list<std::pair<const char*, napi_value>> members) {
  napi_value object = nullptr;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  for (const auto& [name, value] : members) {
    if (value) napi_set_named_property(env, object, name, value);
  }
  return object;
}

napi_value MakeArray(napi_env env, const std::vector<napi_value>& elements) {
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, elements.size(), &array) != napi_ok) return nullptr;
  for (size_t i = 0; i < elements.size(); ++i) {
    if (elements[i]) napi_set_element(env, array, static_cast<uint32_t>(i), elements[i]);
  }
  return array;
}

napi_value MakeArrayBuffer(napi_env env, const void* data, size_t size) {
  void* bytes = nullptr;
  napi_value buffer = nullptr;
  if (napi_create_arraybuffer(env, size, &bytes, &buffer) != napi_ok) return nullptr;
  if (size > 0) std::memcpy(bytes, data, size);
  return buffer;
}

}  // namespace node_libwebrtc
