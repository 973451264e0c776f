/** Builds the install tree from unpacked sources with the CMake project beside this file. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';
import { duration } from './sources.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** How long a file of a component takes to compile, as a multiple of one of BoringSSL's: so that the time left is right. */
const weights = [
  [/^webrtc-(connection|media)$/, 6],
  [/^webrtc/, 3],
  [/-asm$/, 1],
  [/^(libaom|libvpx|dav1d)/, 3],
];

/** The weight of a step by the line that ninja prints for it. */
function weightOf(line) {
  const component = /CMakeFiles\/([^/]+)\.dir\//.exec(line)?.[1] ?? '';
  return weights.find(([pattern]) => pattern.test(component))?.[1] ?? 1;
}

/** As many compilers at once as there are processors, and memory for: one takes up to 500 MB. */
function jobs() {
  const wanted = Number(process.env.CMAKE_BUILD_PARALLEL_LEVEL);
  return wanted > 0 ? wanted : Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 700e6)));
}

/** A build that was begun in another checkout of this package goes on in this one: CMake would refuse. */
function adopt(directory) {
  const cache = join(directory, 'CMakeCache.txt');
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`\nCMAKE_HOME_DIRECTORY:INTERNAL=${here}\n`)) {
    rmSync(cache);
  }
}

/**
 * @param {string} sources
 * @param {string} directory where the build goes; an interrupted one goes on
 * @param {{ h264: boolean }} options
 */
export async function configure(sources, directory, { h264 }) {
  mkdirSync(directory, { recursive: true });
  adopt(directory);
  await run(
    'cmake',
    [
      ...['-G', 'Ninja', '-S', here, '-B', directory, `-DSOURCES=${sources}`],
      ...['-DCMAKE_C_COMPILER=clang-19', '-DCMAKE_CXX_COMPILER=clang++-19'],
      `-DWITH_FFMPEG_H264=${h264 ? 'ON' : 'OFF'}`,
    ],
    { log: 'configure', env: clean(process.env) },
  );
}

/** The environment without what would change the flags. */
function clean(env) {
  const { CFLAGS: _c, CXXFLAGS: _cxx, CPPFLAGS: _cpp, LDFLAGS: _ld, ASM_NASMFLAGS: _nasm, ...rest } = env;
  return { ...rest, LC_ALL: 'C' };
}

/**
 * @param {string} directory
 * @param {(text: string) => void} progress
 */
export async function compile(directory, progress) {
  const env = { ...clean(process.env), NINJA_STATUS: '[%f/%t] ' };
  const plan = (await run('ninja', ['-C', directory, '-n', 'webrtc'], { log: 'plan', env }))
    .split('\n')
    .filter((line) => line.startsWith('['));
  const total = plan.reduce((sum, line) => sum + weightOf(line), 0);
  const began = performance.now();
  let done = 0;
  let count = 0;
  await run('ninja', ['-C', directory, '-j', `${jobs()}`, 'webrtc'], {
    log: 'compile',
    env,
    onLine: (line) => {
      if (!/^\[\d+\/\d+\]/.test(line)) return;
      done += weightOf(line);
      count += 1;
      // The first files, the precompiled headers among them, tell nothing of the rest.
      const left = ((performance.now() - began) / done) * (total - done);
      const known = done > total / 50 ? `, ${duration(left)} left` : '';
      progress(`${count} of ${plan.length} files${known}`);
    },
  });
  return `${count} files`;
}

/**
 * @param {string} directory the build
 * @param {string} tree where the tree goes
 */
export async function install(directory, tree) {
  rmSync(tree, { recursive: true, force: true });
  await run('cmake', ['--install', directory, '--prefix', tree], { log: 'install' });
}

/** The files that decide what the build makes, below the package's root. */
export const recipe = ['CMakeLists.txt', 'components', 'precompiled'].map((path) => join('scripts', 'libwebrtc', path));
