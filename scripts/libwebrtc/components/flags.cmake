# Flags that every component shares.
#
# What a consumer sees of libwebrtc's classes depends on NDEBUG, on RTTI and on the standard library: they must stay as they are.
# There are no exceptions and no unwind tables: no C++ exception may pass through this code.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(NDEBUG NVALGRIND DYNAMIC_ANNOTATIONS_ENABLED=0 OFFICIAL_BUILD)
add_compile_definitions($<$<NOT:$<COMPILE_LANGUAGE:ASM_NASM>>:_GNU_SOURCE>)
add_compile_definitions(_FILE_OFFSET_BITS=64 _LARGEFILE_SOURCE _LARGEFILE64_SOURCE)
# libc++'s own checks of indices, iterators and empty optionals.
add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE>)

set(compiled "$<COMPILE_LANGUAGE:C,CXX>")
add_compile_options(
  # Somebody else's code: its warnings are of no use here. No debug information: it doubles time and size.
  "$<${compiled}:-w;-g0;-O2;-pthread;-msse3>"
  # The program's linker throws away what it does not need, function by function.
  "$<${compiled}:-fvisibility=hidden;-ffunction-sections;-fdata-sections;-fno-unique-section-names;-fno-ident>"
  # The code relies on these.
  "$<${compiled}:-fno-strict-aliasing;-fno-strict-overflow;-fno-delete-null-pointer-checks;-fno-math-errno;-fmerge-all-constants>"
  "$<${compiled}:-fno-unwind-tables;-fno-asynchronous-unwind-tables>"
  # Hardening: overflows of arrays and of the stack stop the program. (libaom does without zeroed variables: see there.)
  "$<${compiled}:-fstack-protector;-fsanitize=array-bounds,return;-fsanitize-trap=array-bounds,return>"
  # Log lines and checks name files as the sources do, and the archive is the same wherever it is built.
  "$<${compiled}:-ffile-prefix-map=${WEBRTC}/=;-ffile-prefix-map=${SOURCES}/=;-ffile-compilation-dir=.>"
  "$<$<COMPILE_LANGUAGE:C>:-std=c11>"
  "$<$<COMPILE_LANGUAGE:CXX>:-std=c++20;-stdlib=libc++;-fno-exceptions;-fvisibility-inlines-hidden>")

set(ZEROED -ftrivial-auto-var-init=zero)
set(EXACT_FLOATING_POINT -ffp-contract=off)
set(FRAME_POINTER -fno-omit-frame-pointer)

# nasm: position-independent 64-bit ELF.
set(CMAKE_ASM_NASM_OBJECT_FORMAT elf64)
set(CMAKE_ASM_NASM_FLAGS "-DPIC --reproducible -w-all")
