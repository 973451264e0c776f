/** Runs programs with their output in a log, and ends them when this program is told to end. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { logFile, root } from '../setup/paths.mjs';
import { SetupError } from '../setup/report.mjs';

const running = new Set();

/** Ends what runs, and then this program, as the signal would have. What is done stays done: the next run goes on there. */
function stop(signal) {
  for (const child of running) child.kill('SIGTERM');
  process.stderr.write(`\nInterrupted. The same command goes on where this one stopped.\n`);
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** Ends running programs with this one while `work` goes on. */
export async function interruptible(work) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** A child that ends when this program does. */
export function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.on('close', () => running.delete(child));
  return child;
}

/** What a person can do about an error of the system or of a program; the error itself when nothing better is known. */
export function explained(error, directory) {
  const text = `${error?.code ?? ''} ${error?.message ?? error}`;
  if (/ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/.test(text)) {
    return new SetupError(
      `The disk that holds ${directory} is full. Make room, or set XDG_CACHE_HOME to a directory on another disk; then the same command goes on where it stopped.`,
    );
  }
  if (/EACCES|EROFS|EPERM/.test(error?.code ?? '')) {
    return new SetupError(`${error.message}. Set XDG_CACHE_HOME to a directory that can be written.`);
  }
  return error;
}

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, status?: (line: string) => void }} options
 *   `log` is the log's name; `status` gets the lines that the program writes to descriptor 3
 * @returns {Promise<string>} what it wrote to stdout
 */
export function run(command, args, { log, cwd = root, env = process.env, onLine, status }) {
  const file = logFile(`libwebrtc-${log}`);
  mkdirSync(dirname(file), { recursive: true });
  const out = createWriteStream(file);
  out.write(`$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    out.on('error', reject);
    const child = start(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', ...(status ? ['pipe'] : [])] });
    let stdout = '';
    const lines = (stream, each) => {
      let pending = '';
      stream.setEncoding('utf8').on('data', (chunk) => {
        const parts = (pending + chunk).split(/[\r\n]+/);
        pending = parts.pop();
        for (const line of parts) if (line !== '') each(line);
      });
    };
    child.stdout.on('data', (chunk) => {
      out.write(chunk);
      stdout += chunk;
    });
    child.stderr.pipe(out, { end: false });
    if (onLine) lines(child.stdout, onLine);
    if (status) lines(child.stdio[3], status);
    child.on('error', (error) => {
      out.end();
      reject(
        error.code === 'ENOENT'
          ? new SetupError(`The program ${command} is missing; it was needed for: ${command} ${args.join(' ')}`)
          : error,
      );
    });
    child.on('close', (code, signal) => {
      out.end(() => {
        if (code === 0) return resolve(stdout);
        const end = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-40).join('\n');
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        reject(new SetupError(`${command} ${how}. The end of ${relative(root, file)}:\n\n${end}\n`));
      });
    });
  });
}
