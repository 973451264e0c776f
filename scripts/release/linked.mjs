/**
 * What is linked into the addon or carried in the published JavaScript: the components of the package that npm knows
 * nothing of. THIRD_PARTY.md tells the same to people, with the notices; a test compares the two.
 */

/** Debian's source packages that the components are built from: `scripts/libwebrtc/sources.mjs` has their checksums. */
const chromium = 'chromium';

/**
 * `licence` is an SPDX expression; `from` is the source package, and without it the component comes with the compiler
 * or from npm.
 */
export const linked = [
  {
    name: 'libwebrtc',
    version: 'M150',
    licence: 'BSD-3-Clause',
    from: chromium,
    url: 'https://webrtc.googlesource.com/src',
  },
  {
    name: 'Abseil',
    version: '8fb4507d10a2',
    licence: 'Apache-2.0',
    from: chromium,
    url: 'https://github.com/abseil/abseil-cpp',
  },
  {
    name: 'BoringSSL',
    version: '0.20260413.0',
    licence: 'Apache-2.0 AND BSD-3-Clause AND MIT',
    from: chromium,
    url: 'https://boringssl.googlesource.com/boringssl',
  },
  {
    name: 'libsrtp',
    version: '2.8.0',
    licence: 'BSD-3-Clause',
    from: chromium,
    url: 'https://github.com/cisco/libsrtp',
  },
  {
    name: 'libvpx',
    version: '1.16.0',
    licence: 'BSD-3-Clause',
    from: chromium,
    url: 'https://chromium.googlesource.com/webm/libvpx',
  },
  {
    name: 'libaom',
    version: '3.14.1',
    licence: 'BSD-2-Clause',
    from: chromium,
    url: 'https://aomedia.googlesource.com/aom/',
  },
  {
    name: 'dav1d',
    version: '1.0.0',
    licence: 'BSD-2-Clause',
    from: 'dav1d',
    url: 'https://code.videolan.org/videolan/dav1d',
  },
  {
    name: 'openh264',
    version: '2.3.1',
    licence: 'BSD-2-Clause',
    from: 'openh264',
    url: 'https://github.com/cisco/openh264',
  },
  {
    name: 'FFmpeg',
    version: 'as in Chromium 150',
    licence: 'LGPL-2.1-or-later',
    from: chromium,
    url: 'https://ffmpeg.org',
  },
  {
    name: 'libyuv',
    version: '1945',
    licence: 'BSD-3-Clause',
    from: chromium,
    url: 'https://chromium.googlesource.com/libyuv/libyuv/',
  },
  { name: 'opus', version: '1.3.1', licence: 'BSD-3-Clause', from: 'opus', url: 'https://opus-codec.org' },
  {
    name: 'pffft',
    version: '483453d8f766',
    licence: 'LicenseRef-FFTPACK',
    from: chromium,
    url: 'https://bitbucket.org/jpommier/pffft/',
  },
  {
    name: 'rnnoise',
    version: '91ef401f4c35',
    licence: 'BSD-3-Clause',
    from: chromium,
    url: 'https://github.com/xiph/rnnoise',
  },
  { name: 'libc++', version: '19.1.7', licence: 'Apache-2.0 WITH LLVM-exception', url: 'https://libcxx.llvm.org' },
  { name: 'libc++abi', version: '19.1.7', licence: 'Apache-2.0 WITH LLVM-exception', url: 'https://libcxx.llvm.org' },
];

/** npm packages of which a part is in the addon or in `dist/`; their versions are those that are installed. */
export const carried = ['mediabunny', 'node-addon-api', 'node-api-headers'];
