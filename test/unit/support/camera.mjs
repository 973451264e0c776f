/** Runs `camera_program.mjs` with the camera of `v4l2_camera.c` below it. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('./camera_program.mjs', import.meta.url));

/** Builds the camera, in a directory of its own. */
export function buildCamera() {
  const directory = mkdtempSync(join(tmpdir(), 'camera-'));
  const library = join(directory, 'camera.so');
  const source = fileURLToPath(new URL('./v4l2_camera.c', import.meta.url));
  execFileSync('clang-19', ['-O1', '-shared', '-fPIC', '-o', library, source]);
  let runs = 0;
  return {
    directory,
    /** What the program says, and what the camera has been told. */
    async run(what, { size = '', count = 0, environment = {}, preload = true } = {}) {
      const log = join(directory, `${runs++}.log`);
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, what, size, `${count}`], {
        env: { ...process.env, CAMERA_LOG: log, ...(preload ? { LD_PRELOAD: library } : {}), ...environment },
        timeout: 60_000,
        maxBuffer: 2 ** 30,
      });
      assert.equal(stderr, '');
      return { ...JSON.parse(stdout), log: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
