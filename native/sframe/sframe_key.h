#ifndef NATIVE_SFRAME_SFRAME_KEY_H_
#define NATIVE_SFRAME_SFRAME_KEY_H_

#include <openssl/aead.h>
#include <openssl/aes.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "native/sframe/sframe_header.h"

namespace node_libwebrtc {

// The cipher suites of RFC 9605, section 4.5, by their numbers in IANA's registry.
enum class SframeSuite {
  kAes128CtrHmacSha256_80 = 1,
  kAes128CtrHmacSha256_64 = 2,
  kAes128CtrHmacSha256_32 = 3,
  kAes128GcmSha256_128 = 4,
  kAes256GcmSha512_128 = 5,
};
constexpr int kLastSframeSuite = 5;

// What is derived from one base key: encrypts and decrypts. Never changes, so that any thread may
// call anything.
class SframeKey final {
 public:
  // `key` and `salt` are `sframe_key` and `sframe_salt` of RFC 9605, section 4.4.2. Null if they do
  // not have the suite's lengths.
  static std::shared_ptr<const SframeKey> Create(SframeSuite suite, std::span<const uint8_t> key,
                                                 std::span<const uint8_t> salt);

  // The header, and what follows it. Nobody may use a counter twice with a key.
  std::optional<std::vector<uint8_t>> Encrypt(uint64_t key_id, uint64_t counter,
                                              std::span<const uint8_t> metadata,
                                              std::span<const uint8_t> plaintext) const;

  // `data` begins with its `header`. Nothing if the tag is wrong.
  std::optional<std::vector<uint8_t>> Decrypt(const SframeHeader& header,
                                              std::span<const uint8_t> metadata,
                                              std::span<const uint8_t> data) const;

  size_t tag_size() const { return tag_size_; }

 private:
  static constexpr size_t kNonceSize = 12;
  using Nonce = std::array<uint8_t, kNonceSize>;
  struct FreeAead {
    void operator()(EVP_AEAD_CTX* context) const { EVP_AEAD_CTX_free(context); }
  };

  SframeKey() = default;

  Nonce NonceOf(uint64_t counter) const;
  // AES-CTR, which is its own inverse.
  void ApplyCounterMode(const Nonce& nonce, std::span<const uint8_t> in, uint8_t* out) const;
  // The whole tag of section 4.5.1, of which the suite takes the beginning.
  std::array<uint8_t, 32> Tag(const Nonce& nonce, std::span<const uint8_t> associated,
                              std::span<const uint8_t> ciphertext) const;

  size_t tag_size_ = 0;
  Nonce salt_{};
  // AES-GCM. Null with the other suites, which have the two below.
  std::unique_ptr<EVP_AEAD_CTX, FreeAead> aead_;
  AES_KEY encryption_key_{};
  std::vector<uint8_t> authentication_key_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SFRAME_SFRAME_KEY_H_
