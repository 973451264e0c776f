# Opus 1.3.1, from its own Debian source package. The lists are the sources' own.
set(OPUS "${THIRD_PARTY}/opus/src")

file(CONFIGURE OUTPUT "${GENERATED}/opus/config.h" CONTENT [[
#define OPUS_BUILD 1
#define ENABLE_HARDENING 1
#define PACKAGE_VERSION "1.3.1"
#define HAVE_LRINT 1
#define HAVE_LRINTF 1
#define HAVE_STDINT_H 1
#define VAR_ARRAYS 1
/* SSE and SSE2 are part of every x86-64 processor; SSE4.1 and AVX are asked for at run time. */
#define OPUS_HAVE_RTCD 1
#define CPU_INFO_BY_ASM 1
#define OPUS_X86_MAY_HAVE_SSE 1
#define OPUS_X86_MAY_HAVE_SSE2 1
#define OPUS_X86_MAY_HAVE_SSE4_1 1
#define OPUS_X86_MAY_HAVE_AVX 1
#define OPUS_X86_PRESUME_SSE 1
#define OPUS_X86_PRESUME_SSE2 1
]])

set(includes ${GENERATED}/opus ${OPUS} ${OPUS}/include ${OPUS}/celt ${OPUS}/silk ${OPUS}/silk/float)
set(flags ${ZEROED} ${FRAME_POINTER})

listed_in(OPUS_LIBRARY ${OPUS}/opus_sources.mk OPUS_SOURCES OPUS_SOURCES_FLOAT)
listed_in(OPUS_CELT ${OPUS}/celt_sources.mk CELT_SOURCES CELT_SOURCES_SSE CELT_SOURCES_SSE2)
listed_in(OPUS_SILK ${OPUS}/silk_sources.mk SILK_SOURCES SILK_SOURCES_FLOAT)
component(opus
  BASE ${OPUS}
  SOURCES ${OPUS_LIBRARY} ${OPUS_CELT} ${OPUS_SILK}
  INCLUDES ${includes}
  DEFINES HAVE_CONFIG_H
  FLAGS ${flags})

listed_in(OPUS_CELT_SSE4 ${OPUS}/celt_sources.mk CELT_SOURCES_SSE4_1)
listed_in(OPUS_SILK_SSE4 ${OPUS}/silk_sources.mk SILK_SOURCES_SSE4_1)
component(opus-sse4
  BASE ${OPUS}
  SOURCES ${OPUS_CELT_SSE4} ${OPUS_SILK_SSE4}
  INCLUDES ${includes}
  DEFINES HAVE_CONFIG_H
  FLAGS ${flags} -msse4.1)
