#ifndef NATIVE_NETWORK_SRTP_LIBRARY_H_
#define NATIVE_NETWORK_SRTP_LIBRARY_H_

#include <cstdint>

#include "pc/srtp_session.h"
#include "rtc_base/buffer.h"
#include "rtc_base/ssl_stream_adapter.h"

namespace node_libwebrtc {

// Keeps libsrtp initialized as long as it exists. libwebrtc initializes it for the first connection
// and lets it go with the last; each initialization tests the ciphers, which takes longer than all
// other cryptography of a connection. Lives on the network thread.
class SrtpLibrary final {
 public:
  SrtpLibrary() {
    // A session initializes the library when it gets its key; this one has no other use.
    constexpr size_t kKeyAndSalt = 30;
    uint8_t key[kKeyAndSalt] = {};
    session_.SetSend(webrtc::kSrtpAes128CmSha1_80,
                     webrtc::ZeroOnFreeBuffer<uint8_t>(key, sizeof(key)), {});
  }

 private:
  webrtc::SrtpSession session_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_SRTP_LIBRARY_H_
