# openh264, the H.264 encoder, from its own Debian source package. (Its decoder is not needed.) The lists are the sources' own.
set(OPENH264 "${THIRD_PARTY}/openh264/src")

set(OPENH264_SOURCES "")
set(OPENH264_ASM "")
foreach(part COMMON ENCODER PROCESSING)
  string(TOLOWER "${part}" directory)
  set(lists "${OPENH264}/codec/${directory}/targets.mk")
  listed_in(sources ${lists} ${part}_CPP_SRCS)
  list(TRANSFORM sources PREPEND "${OPENH264}/codec/${directory}/")
  list(APPEND OPENH264_SOURCES ${sources})
  listed_in(sources ${lists} ${part}_ASM_SRCS)
  list(TRANSFORM sources PREPEND "${OPENH264}/codec/${directory}/")
  list(APPEND OPENH264_ASM ${sources})
endforeach()

file(CONFIGURE OUTPUT "${GENERATED}/openh264/version_gen.h" CONTENT [[
#define VERSION_NUMBER "openh264 2.3.1"
]])

component(openh264
  SOURCES ${OPENH264_SOURCES}
  INCLUDES
    ${GENERATED}/openh264 ${OPENH264}/codec/api/wels ${OPENH264}/codec/common/inc
    ${OPENH264}/codec/encoder/core/inc ${OPENH264}/codec/encoder/plus/inc
    ${OPENH264}/codec/processing/interface ${OPENH264}/codec/processing/src/common
    ${OPENH264}/codec/processing/src/adaptivequantization ${OPENH264}/codec/processing/src/downsample
    ${OPENH264}/codec/processing/src/scrolldetection ${OPENH264}/codec/processing/src/vaacalc
  DEFINES X86_ASM HAVE_AVX2
  FLAGS ${FRAME_POINTER})

component(openh264-asm
  SOURCES ${OPENH264_ASM}
  INCLUDES ${OPENH264}/codec/common/x86
  DEFINES UNIX64 HAVE_AVX2)
