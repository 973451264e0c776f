set(BORINGSSL "${THIRD_PARTY}/boringssl/src")

# The sources' own list: sets BCM_SOURCES, CRYPTO_SOURCES, SSL_SOURCES and *_SOURCES_ASM. libpki, the certificate
# verifier of a browser, is not used by libwebrtc.
include(${BORINGSSL}/gen/sources.cmake)

component(boringssl
  BASE ${BORINGSSL}
  SOURCES ${BCM_SOURCES} ${CRYPTO_SOURCES} ${SSL_SOURCES}
  INCLUDES ${BORINGSSL} ${BORINGSSL}/include
  DEFINES BORINGSSL_IMPLEMENTATION OPENSSL_SMALL
  FLAGS ${ZEROED} ${EXACT_FLOATING_POINT} ${FRAME_POINTER}
  PRECOMPILE boringssl.h)

# The assembly of every system and processor is in the list; each file is empty on the others.
set(BORINGSSL_ASM ${BCM_SOURCES_ASM} ${CRYPTO_SOURCES_ASM})
list(FILTER BORINGSSL_ASM INCLUDE REGEX "-linux\\.S$|third_party/fiat/asm|poly_rq_mul")
list(FILTER BORINGSSL_ASM EXCLUDE REGEX "arm|ppc|-586-|-x86-")
component(boringssl-asm
  BASE ${BORINGSSL}
  SOURCES ${BORINGSSL_ASM}
  INCLUDES ${BORINGSSL}/include)
