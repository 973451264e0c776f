# libaom, the AV1 encoder. The lists are the sources' own.
set(LIBAOM "${THIRD_PARTY}/libaom")
set(lists "${LIBAOM}/libaom_srcs.gni")

set(includes ${LIBAOM}/source/config ${LIBAOM}/source/libaom ${LIBAOM}/source/config/linux/x64)
# Variables are not zeroed here: it costs the encoder 13 % of its speed.
set(flags ${EXACT_FLOATING_POINT} ${FRAME_POINTER})

listed_in(LIBAOM_SOURCES ${lists}
  aom_av1_common_sources aom_dsp_common_sources aom_mem_sources aom_rtcd_sources aom_scale_sources aom_sources
  aom_util_sources aom_av1_encoder_sources aom_dsp_encoder_sources)
component(libaom SOURCES ${LIBAOM_SOURCES} INCLUDES ${includes} FLAGS ${flags})

# What the encoder chooses from at run time, by the processor's abilities.
foreach(set
    sse2:-msse2:av1_common,dsp_common,av1_encoder,dsp_encoder
    sse3:-msse3:av1_encoder
    ssse3:-mssse3:av1_common,dsp_common,dsp_encoder
    sse4_1:-msse4.1:av1_common,dsp_common,av1_encoder,dsp_encoder
    sse4_2:-msse4.2:av1_encoder
    avx:-mavx:dsp_encoder
    avx2:-mavx2:av1_common,dsp_common,av1_encoder,dsp_encoder)
  string(REGEX MATCH "^(.*):(.*):(.*)$" set "${set}")
  set(name ${CMAKE_MATCH_1})
  set(flag ${CMAKE_MATCH_2})
  string(REPLACE "," ";" parts ${CMAKE_MATCH_3})
  list(TRANSFORM parts REPLACE "(.+)" "aom_\\1_intrin_${name}")
  listed_in(LIBAOM_${name}_SOURCES ${lists} ${parts})
  component(libaom-${name} SOURCES ${LIBAOM_${name}_SOURCES} INCLUDES ${includes} FLAGS ${flags} ${flag})
endforeach()

listed_in(LIBAOM_ASM ${lists}
  aom_dsp_common_asm_sse2 aom_dsp_common_asm_ssse3 aom_ports_asm_x86 aom_av1_encoder_asm_sse2 aom_dsp_encoder_asm_sse2
  aom_dsp_encoder_asm_ssse3 aom_av1_encoder_asm_ssse3_x86_64 aom_dsp_encoder_asm_sse2_x86_64 aom_dsp_encoder_asm_ssse3_x86_64)
component(libaom-asm SOURCES ${LIBAOM_ASM} INCLUDES ${includes} DEFINES CHROMIUM)
