/** Debian packages: which are missing, and how they get onto the machine. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { logFile } from './paths.mjs';
import { SetupError, runLogged, step } from './report.mjs';

/** The packages that each purpose needs beside those that provide libwebrtc. */
export const packages = {
  addon: ['clang-19', 'lld-19', 'libc++-19-dev', 'libc++abi-19-dev', 'cmake', 'ninja-build'],
  browser: ['chromium'],
  firefox: ['firefox-esr'],
  turn: ['coturn'],
  /** Decodes what has been recorded. */
  media: ['ffmpeg'],
  /** A publisher that shares no code with libwebrtc: `webrtcbin`, and a program around it. */
  gstreamer: [
    ...['gstreamer1.0-plugins-base', 'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad', 'gstreamer1.0-nice'],
    ...['python3-gi', 'gir1.2-gst-plugins-base-1.0', 'gir1.2-gst-plugins-bad-1.0'],
  ],
  /** Network namespaces, and the cables between them. */
  namespaces: ['iproute2', 'util-linux'],
  /** What mediasoup's worker is built with. */
  mediasoup: [
    ...['g++', 'cmake', 'ninja-build', 'flatbuffers-compiler', 'libflatbuffers-dev', 'libabsl-dev', 'libssl-dev'],
    ...['libsrtp2-dev', 'libusrsctp-dev', 'libuv1-dev'],
  ],
  /** Makes the root of an image. */
  image: ['debootstrap'],
  /** `node-gyp` writes makefiles with Python; `strip` is prebuildify's. */
  gyp: ['python3', 'make', 'binutils'],
  lint: ['clang-format-19', 'clang-tidy-19'],
};

/** What a package is needed for, as a command: how its presence is seen on a system without dpkg. */
const commands = {
  'clang-19': 'clang++-19',
  'lld-19': 'ld.lld-19',
  cmake: 'cmake',
  'ninja-build': 'ninja',
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  coturn: 'turnserver',
  ffmpeg: 'ffmpeg',
  iproute2: 'ip',
  'util-linux': 'nsenter',
  debootstrap: 'debootstrap',
  python3: 'python3',
  make: 'make',
  binutils: 'strip',
  'clang-format-19': 'clang-format-19',
  'clang-tidy-19': 'clang-tidy-19',
  nasm: 'nasm',
  zstd: 'zstd',
  'xz-utils': 'xz',
};

function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The ones of these packages that are not installed. */
export function missingPackages(names) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n', ...names], {
    encoding: 'utf8',
  });
  if (query.error !== undefined) return names.filter((name) => name in commands && !onPath(commands[name]));
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
  return names.filter((name) => !installed.has(name));
}

/** The command that a person types where the set-up may not. */
export function installCommand(names) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/** How apt-get can be run without asking anybody: as root, through sudo, or not at all. */
function aptGet() {
  if (!onPath('apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] : undefined;
}

/**
 * Installs what is missing.
 *
 * @param {string[]} names
 * @param {{ mayInstall?: boolean }} options `mayInstall: false` only says what is missing
 */
export async function provideDebianPackages(names, { mayInstall = true } = {}) {
  await step('Debian packages', async (progress) => {
    const missing = missingPackages([...new Set(names)]);
    if (missing.length === 0) return 'current';
    const apt = mayInstall ? aptGet() : undefined;
    if (apt === undefined) {
      throw new SetupError(
        onPath('apt-get')
          ? `Debian packages are missing. Install them with this command, then try again:\n\n  ${installCommand(missing)}`
          : `This is not a Debian system, and these are missing (Debian's names): ${missing.join(', ')}.`,
      );
    }
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = (log, ...args) =>
      runLogged(apt[0], [...apt.slice(1), '-q', '-y', ...args], { log: logFile(log), env, onLine: progress });
    await run('apt-update', 'update');
    await run('apt-install', 'install', '--no-install-recommends', ...missing);
    // The tests start a TURN server of their own; the machine shall not get one that runs for ever.
    if (missing.includes('coturn') && existsSync('/run/systemd/system')) {
      spawnSync(apt.length === 1 ? 'systemctl' : 'sudo', [
        ...(apt.length === 1 ? [] : ['-n', 'systemctl']),
        ...['disable', '--now', '--quiet', 'coturn.service'],
      ]);
    }
    return `installed ${missing.join(' ')}`;
  });
}
