# libvpx, VP8 and VP9. The lists are the sources' own.
set(LIBVPX "${THIRD_PARTY}/libvpx")
set(lists "${LIBVPX}/libvpx_srcs.gni")

set(includes ${LIBVPX}/source/config ${LIBVPX}/source/libvpx ${LIBVPX}/source/config/linux/x64)
# The limit keeps a hostile stream from asking for frames of any size.
set(defines CHROMIUM "VPX_MAX_ALLOCABLE_MEMORY=((1ULL << 31) - (1 << 21))")
set(flags ${ZEROED} ${EXACT_FLOATING_POINT} ${FRAME_POINTER})

listed_in(LIBVPX_SOURCES ${lists} libvpx_srcs_x86_64)
component(libvpx BASE ${LIBVPX} SOURCES ${LIBVPX_SOURCES} INCLUDES ${includes} DEFINES ${defines} FLAGS ${flags})

# What the codecs choose from at run time, by the processor's abilities.
foreach(set mmx:-mmmx sse2:-msse2 ssse3:-mssse3 sse4_1:-msse4.1 avx:-mavx avx2:-mavx2)
  string(REGEX MATCH "^(.*):(.*)$" set "${set}")
  set(name ${CMAKE_MATCH_1})
  set(flag ${CMAKE_MATCH_2})
  listed_in(LIBVPX_${name}_SOURCES ${lists} libvpx_srcs_x86_64_${name})
  component(libvpx-${name} BASE ${LIBVPX} SOURCES ${LIBVPX_${name}_SOURCES}
    INCLUDES ${includes} DEFINES ${defines} FLAGS ${flags} ${flag})
endforeach()

listed_in(LIBVPX_ASM ${lists} libvpx_srcs_x86_64_assembly)
component(libvpx-asm BASE ${LIBVPX} SOURCES ${LIBVPX_ASM} INCLUDES ${includes} DEFINES CHROMIUM)
