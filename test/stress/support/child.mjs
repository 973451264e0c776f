/** Runs the programs of these tests in processes of their own, and says how they ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LIMIT_SECONDS = Number(process.env.TEST_LIMIT_SECONDS ?? 300);

/**
 * @param {string} program name of a file in this directory
 * @param {string[]} [args]
 * @param {object} [options]
 * @param {string} [options.killWhen] sends SIGTERM as soon as the program prints this
 * @param {number} [options.limitSeconds] how long it may take on a busy machine
 * @returns {Promise<{end: number | string, output: string, complaints: string}>} exit code or signal; the latter two
 *   are what it wrote to stdout and stderr
 */
export async function run(program, args = [], { killWhen, limitSeconds = LIMIT_SECONDS } = {}) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  let hangs = false;
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (killWhen !== undefined && output.includes(killWhen)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (chunk) => (complaints += chunk));
  const timer = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, limitSeconds * 1000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (hangs) {
    throw new Error(
      `${program} ${args.join(' ')} has not ended within ${limitSeconds} s\nstdout: ${output}\nstderr: ${complaints}`,
    );
  }
  return { end: signal ?? code, output, complaints };
}
