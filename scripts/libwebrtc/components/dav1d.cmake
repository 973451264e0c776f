# dav1d 1.0.0, from its own Debian source package. Files and settings are those of its meson.build.
set(DAV1D "${THIRD_PARTY}/dav1d/libdav1d")
set(DAV1D_GENERATED "${GENERATED}/dav1d")

file(CONFIGURE OUTPUT "${DAV1D_GENERATED}/config.h" @ONLY CONTENT [[
#define ARCH_AARCH64 0
#define ARCH_ARM 0
#define ARCH_PPC64LE 0
#define ARCH_X86 1
#define ARCH_X86_32 0
#define ARCH_X86_64 1
#define CONFIG_16BPC 1
#define CONFIG_8BPC 1
#define CONFIG_LOG 0
#define ENDIANNESS_BIG 0
#define HAVE_ASM 1
#define HAVE_CLOCK_GETTIME 1
#define HAVE_DLSYM 1
#define HAVE_POSIX_MEMALIGN 1
#define HAVE_PTHREAD_GETAFFINITY_NP 1
#define HAVE_UNISTD_H 1
#define STACK_ALIGNMENT 32
]])
file(CONFIGURE OUTPUT "${DAV1D_GENERATED}/config.asm" @ONLY CONTENT [[
%define ARCH_X86_32 0
%define ARCH_X86_64 1
%define FORCE_VEX_ENCODING 0
%define PIC 1
%define STACK_ALIGNMENT 32
%define private_prefix dav1d
]])
file(CONFIGURE OUTPUT "${DAV1D_GENERATED}/vcs_version.h" @ONLY CONTENT [[
#define DAV1D_VERSION "1.0.0"
]])
set(DAV1D_API_VERSION_MAJOR 6)
set(DAV1D_API_VERSION_MINOR 6)
set(DAV1D_API_VERSION_PATCH 0)
configure_file("${DAV1D}/include/dav1d/version.h.in" "${DAV1D_GENERATED}/dav1d/version.h" @ONLY)

set(includes ${DAV1D_GENERATED} ${DAV1D_GENERATED}/dav1d ${DAV1D} ${DAV1D}/include ${DAV1D}/include/dav1d ${DAV1D}/src)
set(flags ${ZEROED} -ffast-math -fomit-frame-pointer -mstack-alignment=64)

# Files whose names end in _tmpl are compiled once for each depth of samples.
files_in(DAV1D_SOURCES ${DAV1D}/src ${DAV1D}/src/x86 EXCEPT "_tmpl\\.c$|/(lib|thread_task)\\.c$")
files_in(DAV1D_TEMPLATES ${DAV1D}/src ${DAV1D}/src/x86)
list(FILTER DAV1D_TEMPLATES INCLUDE REGEX "_tmpl\\.c$")
file(GLOB DAV1D_ASM "${DAV1D}/src/x86/*.asm")
list(FILTER DAV1D_ASM EXCLUDE REGEX "/filmgrain_common\\.asm$")  # included by others
expect_count(DAV1D_SOURCES 24)
expect_count(DAV1D_TEMPLATES 20)
expect_count(DAV1D_ASM 42)

component(dav1d SOURCES ${DAV1D_SOURCES} INCLUDES ${includes} FLAGS ${flags})
component(dav1d-8bit SOURCES ${DAV1D_TEMPLATES} INCLUDES ${includes} DEFINES BITDEPTH=8 FLAGS ${flags})
component(dav1d-16bit SOURCES ${DAV1D_TEMPLATES} INCLUDES ${includes} DEFINES BITDEPTH=16 FLAGS ${flags})
# The entry points realign the stack that their callers give them.
component(dav1d-entry BASE ${DAV1D}/src SOURCES lib.c thread_task.c INCLUDES ${includes} FLAGS ${flags} -mstackrealign)
component(dav1d-asm SOURCES ${DAV1D_ASM} INCLUDES ${DAV1D_GENERATED} ${DAV1D}/src)
