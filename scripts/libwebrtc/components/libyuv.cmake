set(LIBYUV "${THIRD_PARTY}/libyuv")

# Without libjpeg: only cameras that send JPEG would need it.
set(LIBYUV_DEFINES LIBYUV_DISABLE_NEON LIBYUV_DISABLE_SVE LIBYUV_DISABLE_SME LIBYUV_DISABLE_LSX LIBYUV_DISABLE_LASX)

files_in(LIBYUV_SOURCES ${LIBYUV}/source EXCEPT "_(win|rvv|lsx|lasx|neon|neon64|sve|sme)\\.cc$")
expect_count(LIBYUV_SOURCES 30)
component(libyuv
  SOURCES ${LIBYUV_SOURCES}
  INCLUDES ${LIBYUV}/include
  DEFINES CHROMIUM ${LIBYUV_DEFINES}
  FLAGS ${ZEROED} -ffp-contract=fast ${FRAME_POINTER})
