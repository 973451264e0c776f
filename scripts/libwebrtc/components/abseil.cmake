set(ABSEIL "${THIRD_PARTY}/abseil-cpp")

# What libwebrtc's own code and headers use; neither flags nor logging nor random numbers.
set(absl "${ABSEIL}/absl")
files_in(ABSEIL_SOURCES
  ${absl}/base
  ${absl}/base/internal
  ${absl}/container/internal
  ${absl}/crc
  ${absl}/crc/internal
  ${absl}/debugging
  ${absl}/debugging/internal
  ${absl}/hash/internal
  ${absl}/numeric
  ${absl}/profiling/internal
  ${absl}/strings
  ${absl}/strings/internal
  ${absl}/strings/internal/str_format
  ${absl}/synchronization
  ${absl}/synchronization/internal
  ${absl}/time
  ${absl}/time/internal/cctz/src
  ${absl}/types
  EXCEPT
    "_(test|benchmark|benchmarks|win)\\.cc?$" "/test_|_test_|testing|mock"
    "/(poison|scoped_set_env|strerror|failure_signal_handler|leak_check|examine_stack|stack_consumption)\\.cc$"
    "/(print_hash_of|periodic_sampler|profile_builder|cordz_sample_token|generic_printer|pow10_helper)\\.cc$"
    "/(clock_interface|simulated_clock|win32_waiter)\\.cc$")
expect_count(ABSEIL_SOURCES 99)

component(abseil
  SOURCES ${ABSEIL_SOURCES}
  INCLUDES ${ABSEIL}
  DEFINES ABSL_ALLOCATOR_NOTHROW=1
  FLAGS ${ZEROED} ${EXACT_FLOATING_POINT} ${FRAME_POINTER}
  PRECOMPILE abseil.h)
