/**
 * The sources: Debian's source packages, fetched with apt from wherever this machine gets Debian from, and unpacked as
 * far as they are needed.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError } from '../setup/report.mjs';
import { applyEdits } from './edits.mjs';
import { run, start } from './run.mjs';

/**
 * `to` is where a package's upstream archive goes below the directory of the sources; its first path component is left
 * out. Debian's own archive, where it is named, brings patches, which are applied: they are security fixes.
 */
export const packages = [
  {
    name: 'chromium',
    version: '150.0.7871.100-1~deb12u1',
    upstream: {
      file: 'chromium_150.0.7871.100.orig.tar.xz',
      size: 941208512,
      sha256: '2d39244586a0e28242ea082777dbfa877e9d374e62bf9f2d86a92b0a142118cd',
    },
    to: '.',
    // A fraction of the archive: 300 MB of 6 GB.
    only: [
      'abseil-cpp/LICENSE',
      'abseil-cpp/absl',
      'boringssl/src/LICENSE',
      'boringssl/src/crypto',
      'boringssl/src/gen',
      'boringssl/src/include',
      'boringssl/src/ssl',
      'boringssl/src/third_party/fiat',
      'ffmpeg/COPYING.LGPLv2.1',
      'ffmpeg/CREDITS',
      'ffmpeg/LICENSE.md',
      'ffmpeg/chromium/config/Chrome/linux/x64',
      'ffmpeg/compat',
      'ffmpeg/libavcodec',
      'ffmpeg/libavformat/avformat.h',
      'ffmpeg/libavformat/avio.h',
      'ffmpeg/libavformat/version.h',
      'ffmpeg/libavformat/version_major.h',
      'ffmpeg/libavutil',
      'libaom/libaom_srcs.gni',
      'libaom/source',
      'libsrtp',
      'libvpx/libvpx_srcs.gni',
      'libvpx/source',
      'libyuv',
      'pffft',
      'rnnoise',
      'webrtc',
    ].map((path) => `third_party/${path}`),
    except: ['*/test', '*/tests', '*/testdata', '*/webrtc/resources', '*/webrtc/examples', '*/webrtc/rtc_tools'],
  },
  {
    name: 'dav1d',
    version: '1.0.0-2+deb12u1',
    upstream: {
      file: 'dav1d_1.0.0.orig.tar.xz',
      size: 810116,
      sha256: '51737db7e4897e599684f873a4725176dd3c779e639411d7c4fce134bb5ebb82',
    },
    debian: {
      file: 'dav1d_1.0.0-2+deb12u1.debian.tar.xz',
      size: 8908,
      sha256: 'ae53e2bda2a18275cc66570194fced9b9681df2b3b8e041586a26a59d69a727e',
    },
    to: 'third_party/dav1d/libdav1d',
  },
  {
    name: 'openh264',
    version: '2.3.1+dfsg-3+deb12u2',
    upstream: {
      file: 'openh264_2.3.1+dfsg.orig.tar.xz',
      size: 898216,
      sha256: '87124d0eb5d86ea78c59bab916ecdc3d9dfa752ce6bf73a609bbb98db7d96383',
    },
    debian: {
      file: 'openh264_2.3.1+dfsg-3+deb12u2.debian.tar.xz',
      size: 8536,
      sha256: '8d749166ec936dd757eed56a3157167bee5ab95511d5726cc2d87ffca2069bb0',
    },
    to: 'third_party/openh264/src',
  },
  {
    name: 'opus',
    version: '1.3.1-3',
    upstream: {
      file: 'opus_1.3.1.orig.tar.gz',
      size: 1040054,
      sha256: '65b58e1e25b2a114157014736a3d9dfeaad8d41be1c8179866f144a2fb44ff9d',
    },
    to: 'third_party/opus/src',
  },
];

const filesOf = ({ upstream, debian }) => [upstream, debian].filter(Boolean);
const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/** Where this machine gets Debian's main archive from, by apt's own account of its configuration. */
async function debianArchive(options) {
  const format = '$(ORIGIN)\t$(LABEL)\t$(COMPONENT)\t$(CODENAME)\t$(REPO_URI)';
  const targets = async (more) => {
    const list = await run('apt-get', [...more, 'indextargets', '--format', format, 'Created-By: Packages'], {
      log: 'apt-configuration',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return list
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([origin, label, component]) => origin === 'Debian' && label === 'Debian' && component === 'main')
      .sort(([, , , a], [, , , b]) => (b === 'bookworm') - (a === 'bookworm'))
      .map(([, , , , uri]) => uri);
  };
  let uris = await targets([]);
  if (uris.length === 0) {
    // A machine that has never fetched its lists; fetch them into the private state.
    await run('apt-get', [...options, '-q', 'update'], { log: 'apt-lists' });
    uris = await targets(options);
  }
  if (uris.length === 0) {
    throw new SetupError(
      "This machine's apt configuration names no Debian archive, so there is nowhere to get libwebrtc's sources from. Set LIBWEBRTC_SOURCES to a directory with the source packages, or LIBWEBRTC_DIR to an install tree.",
    );
  }
  return uris[0];
}

/**
 * Fetches what is missing in a directory. An interrupted download goes on where it stopped.
 *
 * @param {string} directory
 * @param {(text: string) => void} progress
 */
export async function download(directory, progress) {
  const wanted = packages.flatMap(filesOf);
  if (wanted.every(({ file, size }) => sizeOf(join(directory, file)) === size)) return 'there already';

  // apt with a source list and a state of its own: the machine's own lists stay as they are, and root is not needed.
  const state = join(directory, 'apt');
  for (const path of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, path), { recursive: true });
  const options = [
    ['Dir::State::lists', join(state, 'lists')],
    ['Dir::Cache', join(state, 'cache')],
    ['Acquire::Languages', 'none'],
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const uri = await debianArchive(options);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const list = join(state, 'sources.list');
  writeFileSync(list, `deb-src ${existsSync(keyring) ? `[signed-by=${keyring}] ` : ''}${uri} bookworm main\n`);
  options.push('-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-');

  await run('apt-get', [...options, '-q', 'update'], { log: 'apt-update' });
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  const began = performance.now();
  const before = wanted.reduce((sum, { file }) => sum + (sizeOf(join(directory, file)) ?? 0), 0);
  const timer = setInterval(() => {
    const now = wanted.reduce((sum, { file }) => sum + (sizeOf(join(directory, file)) ?? 0), 0);
    const rate = (now - before) / (performance.now() - began);
    const left = rate > 0 ? `, ${duration((total - now) / rate)} left` : '';
    progress(`${megabytes(now)} of ${megabytes(total)}${left}`);
  }, 500);
  try {
    // Where Debian's changes are not wanted, its archive is not fetched either.
    for (const [only, group] of [
      [['--tar-only'], packages.filter(({ debian }) => !debian)],
      [[], packages.filter(({ debian }) => debian)],
    ]) {
      await run(
        'apt-get',
        [
          ...options,
          '-q',
          'source',
          '--download-only',
          ...only,
          ...group.map(({ name, version }) => `${name}=${version}`),
        ],
        { log: `download${only.join('')}`, cwd: directory },
      );
    }
  } finally {
    clearInterval(timer);
  }
  return megabytes(total);
}

/** A time that is left, in ms, for people. */
export function duration(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * Unpacks an archive whose checksum is known. Nothing of it stays when the checksum turns out to be another.
 *
 * @param {string} archive
 * @param {string} sha256
 * @param {string} into an existing directory
 * @param {{ members?: string[], except?: string[], strip?: number, discard?: boolean, onRead?: (bytes: number) => void }}
 *   options `discard` removes an archive with another checksum, so that it is fetched again
 */
export async function unpackArchive(
  archive,
  sha256,
  into,
  { members = [], except = [], strip = 1, discard = false, onRead } = {},
) {
  const decompress = /\.gz$/.test(archive)
    ? ['gzip', '-dc']
    : /\.zst$/.test(archive)
      ? ['zstd', '-dcq']
      : ['xz', '-dcqT0'];
  const hash = createHash('sha256');
  const input = createReadStream(archive, { highWaterMark: 1 << 20 });
  const unpacked = start(decompress[0], decompress.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  const tar = start(
    'tar',
    [
      ...['-x', '-C', into, '--no-same-owner', '--no-same-permissions', `--strip-components=${strip}`],
      ...[...except.map((pattern) => `--exclude=${pattern}`), ...members],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let complaints = '';
  const ended = (child, name) =>
    new Promise((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
      child.on('error', (error) =>
        reject(error.code === 'ENOENT' ? new SetupError(`The program ${name} is missing.`) : error),
      );
      child.on('close', (code, signal) => resolve(code ?? signal));
    });
  for (const stream of [unpacked.stdin, tar.stdin]) stream.on('error', () => {});
  unpacked.stdout.pipe(tar.stdin);
  let read = 0;
  const fed = new Promise((resolve, reject) => {
    input.on('data', (chunk) => {
      hash.update(chunk);
      read += chunk.length;
      onRead?.(read);
    });
    input.on('error', reject);
    input.on('end', resolve);
    input.pipe(unpacked.stdin);
    // A program that has given up reads no more.
    tar.on('close', (code) => code !== 0 && input.destroy() && resolve());
    unpacked.on('close', (code) => code !== 0 && input.destroy() && resolve());
  });
  const codes = await Promise.all([ended(unpacked, decompress[0]), ended(tar, 'tar'), fed]);
  const found = hash.digest('hex');
  if (read === sizeOf(archive) && found !== sha256) {
    rmSync(into, { recursive: true, force: true });
    if (discard) rmSync(archive);
    throw new SetupError(
      `${archive} has the checksum\n  ${found}\ninstead of\n  ${sha256}\nIt is damaged or not the file that it should be.`,
    );
  }
  if (codes[0] !== 0 || codes[1] !== 0)
    throw new SetupError(`${archive} could not be unpacked:\n${complaints.slice(-2000)}`);
}

/**
 * Unpacks, patches and edits the sources.
 *
 * @param {string} directory where the archives are
 * @param {string} into where the sources go: complete or not there at all
 * @param {(text: string) => void} progress
 * @param {{ discard?: boolean }} options `discard` removes a damaged archive
 */
export async function unpack(directory, into, progress, { discard = false } = {}) {
  if (existsSync(into)) return 'there already';
  const half = `${into}.half`;
  rmSync(half, { recursive: true, force: true });
  for (const pack of packages) {
    for (const { file } of filesOf(pack)) {
      if (!existsSync(join(directory, file))) throw new SetupError(`${directory} has no ${file}.`);
    }
    const to = join(half, pack.to);
    mkdirSync(to, { recursive: true });
    const root = pack.upstream.file.replace(/_([^_]*)\.orig\.tar\..*$/, '-$1');
    const began = performance.now();
    await unpackArchive(join(directory, pack.upstream.file), pack.upstream.sha256, to, {
      members: pack.only?.map((path) => `${root}/${path}`),
      except: pack.except,
      discard,
      onRead: (bytes) => {
        const left = ((performance.now() - began) / bytes) * (pack.upstream.size - bytes);
        progress(`${pack.name}, ${megabytes(bytes)} of ${megabytes(pack.upstream.size)}, ${duration(left)} left`);
      },
    });
    if (!pack.debian) continue;
    await unpackArchive(join(directory, pack.debian.file), pack.debian.sha256, to, { strip: 0, discard });
    const series = readFileSync(join(to, 'debian/patches/series'), 'utf8').split('\n');
    for (const patch of series.filter((line) => line !== '' && !line.startsWith('#'))) {
      await run('patch', ['-p1', '--forward', '--batch', '-i', `debian/patches/${patch}`], {
        cwd: to,
        log: `patch-${pack.name}`,
      });
    }
  }
  applyEdits(half);
  mkdirSync(dirname(into), { recursive: true });
  renameSync(half, into);
  return packages.map(({ name, version }) => `${name} ${version}`).join(', ');
}
