/** Looks at an install tree before it is used: whether everything is there, and whether it works (check.cc). */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../setup/report.mjs';
import { run } from './run.mjs';

const program = join(dirname(fileURLToPath(import.meta.url)), 'check.cc');

/** The compiler's flags for a program that uses the tree; NDEBUG decides how libwebrtc's classes are laid out. */
const flags = (tree) => [
  ...['-std=c++20', '-stdlib=libc++', '-O0', '-w', '-pthread', `-I${join(tree, 'include')}`],
  ...['-DWEBRTC_POSIX', '-DWEBRTC_LINUX', '-DABSL_ALLOCATOR_NOTHROW=1', '-DNDEBUG'],
];

/** Where clang-19's static C++ library is. */
async function libraries() {
  return Promise.all(
    ['libc++.a', 'libc++abi.a'].map(async (name) =>
      (await run('clang++-19', ['-stdlib=libc++', `-print-file-name=${name}`], { log: 'check-libraries' })).trim(),
    ),
  );
}

/** Whether a tree has H.264; trees that do not say so have it. */
function hasH264(tree) {
  try {
    return JSON.parse(readFileSync(join(tree, 'libwebrtc.json'), 'utf8')).h264 !== false;
  } catch {
    return true;
  }
}

/**
 * @param {string} tree
 * @param {string} origin how the person gave it, for messages
 */
export function expectTree(tree, origin) {
  for (const file of ['lib/libwebrtc.a', 'include/api/peer_connection_interface.h', 'include/absl/base/config.h']) {
    if (!existsSync(join(tree, file))) {
      throw new SetupError(`${origin} is no install tree of libwebrtc: ${join(tree, file)} is missing.`);
    }
  }
}

/**
 * Compiles, links and runs check.cc.
 *
 * @param {string} tree
 * @param {(text: string) => void} progress
 * @returns {Promise<string[]>} what the program found, a line each
 */
export async function check(tree, progress) {
  const directory = mkdtempSync(join(tmpdir(), 'libwebrtc-check-'));
  try {
    const binary = join(directory, 'check');
    progress('compiles the check');
    await run('clang++-19', [...flags(tree), '-c', program, '-o', `${binary}.o`], { log: 'check-compile' });
    progress('links the check');
    await run(
      'clang++-19',
      [
        ...[`${binary}.o`, '-o', binary, '-fuse-ld=lld-19', '-nostdlib++', '-pthread', '-Wl,--gc-sections'],
        ...[join(tree, 'lib', 'libwebrtc.a'), ...(await libraries()), '-ldl', '-lm'],
      ],
      { log: 'check-link' },
    );
    progress('codecs and connection');
    const found = await run(binary, hasH264(tree) ? [] : ['--without-h264'], { log: 'check' });
    return found.trimEnd().split('\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
