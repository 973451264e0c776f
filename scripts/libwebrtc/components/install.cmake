# The install tree: lib/libwebrtc.a, include/, LICENSES/ and what it was made of.
#
#   #include "api/peer_connection_interface.h"      libwebrtc, from its root
#   #include "absl/strings/string_view.h"
#   #include "libyuv.h" or "third_party/libyuv/include/libyuv.h"
#   #include "openssl/ssl.h"                        BoringSSL
install(TARGETS webrtc ARCHIVE DESTINATION lib)

# install_headers(<base> <destination> [EXCEPT <regular expression>] <directory below base>...)
function(install_headers base destination except)
  foreach(directory IN LISTS ARGN)
    file(GLOB_RECURSE files RELATIVE "${base}" "${base}/${directory}/*.h" "${base}/${directory}/*.inc")
    if(except)
      list(FILTER files EXCLUDE REGEX "${except}")
    endif()
    foreach(file IN LISTS files)
      cmake_path(GET file PARENT_PATH parent)
      list(APPEND in_${parent} "${base}/${file}")
      list(APPEND parents "${parent}")
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES parents)
  foreach(parent IN LISTS parents)
    install(FILES ${in_${parent}} DESTINATION "${destination}/${parent}")
  endforeach()
endfunction()

install_headers("${WEBRTC}" include "/(test|tests|android|win|mac)/|unittest|\\.inc$"
  api audio call common_audio common_video logging media modules net/dcsctp p2p pc rtc_base stats system_wrappers video)
install_headers("${ABSEIL}" include "test|benchmark" absl)
install_headers("${BORINGSSL}/include" include "" openssl)
install_headers("${LIBYUV}/include" include "" libyuv)
install(FILES "${LIBYUV}/include/libyuv.h" DESTINATION include)
install(CODE [[
  file(MAKE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/include/third_party/libyuv")
  file(CREATE_LINK ../.. "${CMAKE_INSTALL_PREFIX}/include/third_party/libyuv/include" SYMBOLIC)]])

# install_licences(<component> <directory> <file>...)
function(install_licences component base)
  foreach(file IN LISTS ARGN)
    if(NOT EXISTS "${base}/${file}")
      message(FATAL_ERROR "The licence ${base}/${file} is missing")
    endif()
    string(REPLACE "/" "-" name "${file}")
    install(FILES "${base}/${file}" DESTINATION "LICENSES/${component}" RENAME "${name}")
  endforeach()
endfunction()

install_licences(webrtc ${WEBRTC} LICENSE PATENTS AUTHORS
  common_audio/third_party/ooura/LICENSE common_audio/third_party/spl_sqrt_floor/LICENSE
  modules/third_party/fft/LICENSE modules/third_party/g711/LICENSE modules/third_party/g722/LICENSE)
install_licences(abseil ${ABSEIL} LICENSE)
install_licences(boringssl ${BORINGSSL} LICENSE third_party/fiat/LICENSE)
install_licences(dav1d ${DAV1D} COPYING)
install_licences(libaom ${LIBAOM}/source/libaom LICENSE PATENTS third_party/fastfeat/LICENSE third_party/vector/LICENSE
  third_party/x86inc/LICENSE)
install_licences(libsrtp ${LIBSRTP} LICENSE)
install_licences(libvpx ${LIBVPX}/source/libvpx LICENSE PATENTS third_party/x86inc/LICENSE)
install_licences(libyuv ${LIBYUV} LICENSE PATENTS)
install_licences(opus ${OPUS} COPYING)
install_licences(pffft ${THIRD_PARTY}/pffft LICENSE)
install_licences(rnnoise ${THIRD_PARTY}/rnnoise COPYING)
set(H264 false)
if(WITH_FFMPEG_H264)
  set(H264 true)
  install_licences(ffmpeg ${FFMPEG} COPYING.LGPLv2.1 LICENSE.md CREDITS)
  install_licences(openh264 ${OPENH264} LICENSE)
endif()

# What a program that uses the tree may want to know of it.
file(CONFIGURE OUTPUT "${GENERATED}/libwebrtc.json" CONTENT [[
{ "milestone": 150, "system": "linux-x64", "h264": @H264@ }
]] @ONLY)
install(FILES "${GENERATED}/libwebrtc.json" DESTINATION .)
