#include "native/sframe/sframe_key.h"

#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>

#include <algorithm>

namespace node_libwebrtc {

namespace {

constexpr size_t kCtrKeySize = 16;
constexpr size_t kHmacKeySize = 32;
constexpr size_t kGcmTagSize = 16;

// Of the suites with AES-CTR, in bytes; 0 for the others.
size_t HmacTagSize(SframeSuite suite) {
  switch (suite) {
    case SframeSuite::kAes128CtrHmacSha256_80:
      return 10;
    case SframeSuite::kAes128CtrHmacSha256_64:
      return 8;
    case SframeSuite::kAes128CtrHmacSha256_32:
      return 4;
    case SframeSuite::kAes128GcmSha256_128:
    case SframeSuite::kAes256GcmSha512_128:
      return 0;
  }
}

std::array<uint8_t, 8> BigEndian(uint64_t value) {
  std::array<uint8_t, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  return bytes;
}

std::vector<uint8_t> Joined(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  std::vector<uint8_t> joined(a.begin(), a.end());
  joined.insert(joined.end(), b.begin(), b.end());
  return joined;
}

}  // namespace

std::shared_ptr<const SframeKey> SframeKey::Create(SframeSuite suite, std::span<const uint8_t> key,
                                                   std::span<const uint8_t> salt) {
  if (salt.size() != kNonceSize) return nullptr;
  std::shared_ptr<SframeKey> created(new SframeKey());
  std::copy(salt.begin(), salt.end(), created->salt_.begin());
  created->tag_size_ = HmacTagSize(suite);
  if (created->tag_size_ > 0) {
    if (key.size() != kCtrKeySize + kHmacKeySize) return nullptr;
    if (AES_set_encrypt_key(key.data(), kCtrKeySize * 8, &created->encryption_key_) != 0) {
      return nullptr;
    }
    const std::span<const uint8_t> rest = key.subspan(kCtrKeySize);
    created->authentication_key_.assign(rest.begin(), rest.end());
    return created;
  }
  const EVP_AEAD* aead =
      suite == SframeSuite::kAes128GcmSha256_128 ? EVP_aead_aes_128_gcm() : EVP_aead_aes_256_gcm();
  if (key.size() != EVP_AEAD_key_length(aead)) return nullptr;
  created->tag_size_ = kGcmTagSize;
  created->aead_.reset(EVP_AEAD_CTX_new(aead, key.data(), key.size(), kGcmTagSize));
  if (!created->aead_) return nullptr;
  return created;
}

SframeKey::Nonce SframeKey::NonceOf(uint64_t counter) const {
  Nonce nonce = salt_;
  const std::array<uint8_t, 8> bytes = BigEndian(counter);
  for (size_t i = 0; i < bytes.size(); ++i) nonce[kNonceSize - bytes.size() + i] ^= bytes[i];
  return nonce;
}

void SframeKey::ApplyCounterMode(const Nonce& nonce, std::span<const uint8_t> in,
                                 uint8_t* out) const {
  std::array<uint8_t, AES_BLOCK_SIZE> block{};
  std::copy(nonce.begin(), nonce.end(), block.begin());
  std::array<uint8_t, AES_BLOCK_SIZE> stream{};
  unsigned int used = 0;
  AES_ctr128_encrypt(in.data(), out, in.size(), &encryption_key_, block.data(), stream.data(),
                     &used);
}

std::array<uint8_t, 32> SframeKey::Tag(const Nonce& nonce, std::span<const uint8_t> associated,
                                       std::span<const uint8_t> ciphertext) const {
  std::array<uint8_t, 32> tag{};
  bssl::ScopedHMAC_CTX context;
  HMAC_Init_ex(context.get(), authentication_key_.data(), authentication_key_.size(), EVP_sha256(),
               nullptr);
  for (const size_t size : {associated.size(), ciphertext.size(), tag_size_}) {
    const std::array<uint8_t, 8> bytes = BigEndian(size);
    HMAC_Update(context.get(), bytes.data(), bytes.size());
  }
  HMAC_Update(context.get(), nonce.data(), nonce.size());
  HMAC_Update(context.get(), associated.data(), associated.size());
  HMAC_Update(context.get(), ciphertext.data(), ciphertext.size());
  unsigned int size = 0;
  HMAC_Final(context.get(), tag.data(), &size);
  return tag;
}

std::optional<std::vector<uint8_t>> SframeKey::Encrypt(uint64_t key_id, uint64_t counter,
                                                       std::span<const uint8_t> metadata,
                                                       std::span<const uint8_t> plaintext) const {
  std::vector<uint8_t> data = WriteSframeHeader(key_id, counter);
  const std::vector<uint8_t> associated = Joined(data, metadata);
  const Nonce nonce = NonceOf(counter);
  const size_t begin = data.size();
  data.resize(begin + plaintext.size() + tag_size_);
  uint8_t* const out = data.data() + begin;
  if (aead_) {
    size_t size = 0;
    if (!EVP_AEAD_CTX_seal(aead_.get(), out, &size, data.size() - begin, nonce.data(), nonce.size(),
                           plaintext.data(), plaintext.size(), associated.data(),
                           associated.size())) {
      return std::nullopt;
    }
    return data;
  }
  ApplyCounterMode(nonce, plaintext, out);
  const auto tag = Tag(nonce, associated, {out, plaintext.size()});
  std::copy_n(tag.begin(), tag_size_, out + plaintext.size());
  return data;
}

std::optional<std::vector<uint8_t>> SframeKey::Decrypt(const SframeHeader& header,
                                                       std::span<const uint8_t> metadata,
                                                       std::span<const uint8_t> data) const {
  if (data.size() < header.size + tag_size_) return std::nullopt;
  const std::vector<uint8_t> associated = Joined(data.first(header.size), metadata);
  const std::span<const uint8_t> sealed = data.subspan(header.size);
  const Nonce nonce = NonceOf(header.counter);
  std::vector<uint8_t> plaintext(sealed.size() - tag_size_);
  if (aead_) {
    size_t size = 0;
    if (!EVP_AEAD_CTX_open(aead_.get(), plaintext.data(), &size, plaintext.size(), nonce.data(),
                           nonce.size(), sealed.data(), sealed.size(), associated.data(),
                           associated.size())) {
      return std::nullopt;
    }
    return plaintext;
  }
  const std::span<const uint8_t> ciphertext = sealed.first(plaintext.size());
  const auto tag = Tag(nonce, associated, ciphertext);
  if (CRYPTO_memcmp(tag.data(), sealed.data() + ciphertext.size(), tag_size_) != 0) {
    return std::nullopt;
  }
  ApplyCounterMode(nonce, ciphertext, plaintext.data());
  return plaintext;
}

}  // namespace node_libwebrtc
