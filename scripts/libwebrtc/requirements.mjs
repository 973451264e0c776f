/** What each way to libwebrtc needs of the machine, as names of Debian packages. */

/** To check a tree: compiler, linker and C++ library, the ones that the addon is built with. */
const check = ['clang-19', 'lld-19', 'libc++-19-dev', 'libc++abi-19-dev'];

export const requirements = {
  /** `LIBWEBRTC_DIR` */
  tree: check,
  /** `LIBWEBRTC_ARCHIVE` */
  archive: [...check, 'zstd'],
  /** Built from source; Python runs the sources' own generator of one header. */
  source: [...check, 'cmake', 'ninja-build', 'nasm', 'python3', 'xz-utils', 'patch'],
};
