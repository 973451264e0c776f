/**
 * What a person sees of a set-up: one line a step, with the time it took, and where the details are when it failed.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { root } from './paths.mjs';

/** A failure whose message says everything a person needs: it is printed without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const interactive = process.stderr.isTTY === true;

/** Where progress goes: stderr, so that a command's own output stays clean. */
function say(text) {
  process.stderr.write(text);
}

/**
 * Runs one step and reports it.
 *
 * @param {string} name what the step provides, e.g. `npm packages`
 * @param {(progress: (text: string) => void) => Promise<string> | string} work does it, and says in a few words what it
 *   did; `progress` may be called at any rate: a terminal shows the latest text in place, a log file one line each 10 s
 */
export async function step(name, work) {
  const start = performance.now();
  let last = start;
  const progress = (text) => {
    const now = performance.now();
    if (now - last < (interactive ? 200 : 10_000)) return;
    last = now;
    const line = `  … ${name}: ${text} (${seconds(start)})`;
    say(interactive ? `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${line}\n`);
  };
  if (interactive) say(`  … ${name}`);
  const clear = interactive ? '\r\x1b[K' : '';
  try {
    const result = await work(progress);
    say(`${clear}  ✓ ${name}: ${result} (${seconds(start)})\n`);
  } catch (error) {
    say(`${clear}  ✗ ${name} (${seconds(start)})\n`);
    throw error;
  }
}

/** The end of a log: what a failure shows. */
function tail(file, lines = 40) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Runs a program with its output in a log file; a failure carries the log's end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void }} options
 * @returns {Promise<void>}
 */
export function runLogged(command, args, { log, env = process.env, cwd = root, onLine }) {
  mkdirSync(dirname(log), { recursive: true });
  const out = createWriteStream(log);
  out.write(`$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let pending = '';
    const collect = (chunk) => {
      out.write(chunk);
      if (onLine === undefined) return;
      pending += chunk.toString();
      const lines = pending.split(/[\r\n]+/);
      pending = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      out.end();
      reject(
        error.code === 'ENOENT'
          ? new SetupError(`${command} is not there; it is needed for: ${command} ${args.join(' ')}`)
          : error,
      );
    });
    child.on('close', (code, signal) => {
      out.end(() => {
        if (code === 0) return resolve();
        reject(
          new SetupError(
            `${command} ended with ${signal ?? `code ${code}`}. The end of ${relative(root, log)}:\n\n${tail(log)}\n`,
          ),
        );
      });
    });
  });
}

/** Runs a command line program: a {@link SetupError} becomes its message and exit code 1. */
export async function main(program) {
  try {
    process.exitCode = (await program()) ?? 0;
  } catch (error) {
    process.stderr.write(error instanceof SetupError ? `\n${error.message}\n` : `\n${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}
