# FFmpeg's H.264 decoder and nothing else of FFmpeg. LGPL 2.1 or later: this component can be left out
# (WITH_FFMPEG_H264=OFF), and because it is built from published sources by published scripts, anybody can build it anew.
set(FFMPEG "${THIRD_PARTY}/ffmpeg")
set(FFMPEG_CONFIG "${FFMPEG}/chromium/config/Chrome/linux/x64")
set(FFMPEG_GENERATED "${GENERATED}/ffmpeg")

# The sources come with a configuration that has more codecs, parsers and containers. These lists stand before it.
file(CONFIGURE OUTPUT "${FFMPEG_GENERATED}/libavcodec/codec_list.c" CONTENT [[
static const FFCodec * const codec_list[] = { &ff_h264_decoder, NULL };
]])
file(CONFIGURE OUTPUT "${FFMPEG_GENERATED}/libavcodec/parser_list.c" CONTENT [[
static const FFCodecParser * const parser_list[] = { &ff_h264_parser, NULL };
]])
file(CONFIGURE OUTPUT "${FFMPEG_GENERATED}/libavcodec/bsf_list.c" CONTENT [[
static const FFBitStreamFilter * const bitstream_filters[] = { NULL };
]])
foreach(suffix h asm)
  file(READ "${FFMPEG_CONFIG}/config_components.${suffix}" text)
  string(REGEX REPLACE "(CONFIG_[A-Z0-9_]+) 1" "\\1 0" text "${text}")
  string(REGEX REPLACE "(CONFIG_H264_(DECODER|PARSER)) 0" "\\1 1" text "${text}")
  file(CONFIGURE OUTPUT "${FFMPEG_GENERATED}/config_components.${suffix}" CONTENT "${text}" @ONLY)
endforeach()

set(FFMPEG_INCLUDES ${FFMPEG_GENERATED} ${FFMPEG_CONFIG} ${FFMPEG})

set(FFMPEG_SOURCES
  # the decoder
  atsc_a53.c autorename_libavcodec_videodsp.c cabac.c golomb.c h2645_parse.c h2645_sei.c h2645_vui.c h2645data.c
  h264_cabac.c h264_cavlc.c h264_direct.c h264_loopfilter.c h264_mb.c h264_parse.c h264_parser.c h264_picture.c
  h264_ps.c h264_refs.c h264_sei.c h264_slice.c h264chroma.c h264data.c h264dec.c h264dsp.c h264idct.c h264pred.c
  h264qpel.c h274.c startcode.c
  x86/autorename_libavcodec_x86_h264dsp_init.c x86/autorename_libavcodec_x86_videodsp_init.c x86/constants.c
  x86/h264_intrapred_init.c x86/h264_qpel.c x86/h264chroma_init.c
  # libavcodec around it
  allcodecs.c autorename_libavcodec_parser.c avcodec.c bitstream.c bitstream_filters.c bsf.c codec_desc.c codec_par.c
  decode.c encode.c exif.c get_buffer.c imgconvert.c lcevctab.c mathtables.c mpeg12framerate.c options.c packet.c
  parsers.c profiles.c pthread.c pthread_frame.c pthread_slice.c raw.c threadprogress.c tiff_common.c to_upper4.c
  utils.c version.c vlc.c xiph.c)
list(TRANSFORM FFMPEG_SOURCES PREPEND "${FFMPEG}/libavcodec/")
set(AVUTIL_SOURCES
  ambient_viewing_environment.c autorename_libavutil_cpu.c autorename_libavutil_crc.c
  autorename_libavutil_float_dsp.c autorename_libavutil_imgutils.c autorename_libavutil_tx_float.c
  autorename_libavutil_utils.c avstring.c base64.c bprint.c buffer.c channel_layout.c container_fifo.c dict.c
  display.c error.c eval.c fifo.c file_open.c film_grain_params.c float_scalarproduct.c frame.c hwcontext.c
  log.c log2_tab.c mastering_display_metadata.c mathematics.c md5.c mem.c opt.c parseutils.c pixdesc.c
  random_seed.c rational.c refstruct.c reverse.c samplefmt.c sha.c side_data.c slicethread.c stereo3d.c time.c
  timecode.c timecode_internal.c timestamp.c tx.c video_enc_params.c
  x86/autorename_libavutil_x86_float_dsp_init.c x86/autorename_libavutil_x86_tx_float_init.c x86/imgutils_init.c
  x86/cpu.c)
list(TRANSFORM AVUTIL_SOURCES PREPEND "${FFMPEG}/libavutil/")

component(ffmpeg
  SOURCES ${FFMPEG_SOURCES} ${AVUTIL_SOURCES}
  INCLUDES ${FFMPEG_INCLUDES}
  DEFINES
    HAVE_AV_CONFIG_H _POSIX_C_SOURCE=200112 _XOPEN_SOURCE=600 _ISOC99_SOURCE PIC FFMPEG_CONFIGURATION=NULL CHROMIUM_NO_LOGGING
  FLAGS ${ZEROED} ${EXACT_FLOATING_POINT} -fomit-frame-pointer -fno-signed-zeros -fno-tree-vectorize)

set(FFMPEG_ASM
  libavcodec/x86/autorename_libavcodec_x86_videodsp.asm libavcodec/x86/fpel.asm
  libavcodec/x86/h264_chromamc.asm libavcodec/x86/h264_chromamc_10bit.asm
  libavcodec/x86/h264_deblock.asm libavcodec/x86/h264_deblock_10bit.asm
  libavcodec/x86/h264_idct.asm libavcodec/x86/h264_idct_10bit.asm
  libavcodec/x86/h264_intrapred.asm libavcodec/x86/h264_intrapred_10bit.asm
  libavcodec/x86/h264_qpel_8bit.asm libavcodec/x86/h264_qpel_10bit.asm
  libavcodec/x86/h264_weight.asm libavcodec/x86/h264_weight_10bit.asm
  libavcodec/x86/qpel.asm
  libavutil/x86/autorename_libavutil_x86_crc.asm libavutil/x86/cpuid.asm libavutil/x86/float_dsp.asm
  libavutil/x86/imgutils.asm libavutil/x86/tx_float.asm)
component(ffmpeg-asm
  BASE ${FFMPEG}
  SOURCES ${FFMPEG_ASM}
  INCLUDES ${FFMPEG_INCLUDES} ${FFMPEG}/libavcodec/x86 ${FFMPEG}/libavutil/x86
  DEFINES PIC ARCH_X86_64
  FLAGS -P${FFMPEG_CONFIG}/config.asm)
