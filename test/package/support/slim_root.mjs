/**
 * The root of an image such as `node:20-slim`: Debian's essential packages, what Node.js itself is linked with, and
 * Node.js. It is made once, below `build/`, and copied into by the test.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireMountNamespace } from '../../support/mount_namespace.mjs';
import { root } from './packed.mjs';

const place = join(root, 'build/slim-root');

/** Changing roots is for root alone. */
const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];

function run(command, ...args) {
  const [program, ...rest] = [...asRoot, command, ...args];
  const { stdout, stderr, status, error } = spawnSync(program, rest, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw error;
  return { stdout, stderr, status };
}

function succeed(...command) {
  const { stdout, stderr, status } = run(...command);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout.slice(-2000)}${stderr}`);
}

/** Provides it, with a directory of ours in the place of `/app`. */
export function slimRoot(project) {
  if (!existsSync(place)) {
    const unfinished = `${place}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    succeed('debootstrap', '--variant=minbase', '--include=libstdc++6', 'bookworm', unfinished);
    renameSync(unfinished, place);
  }
  succeed('rm', '-rf', join(place, 'app'));
  succeed('cp', '-r', project, join(place, 'app'));
  succeed('cp', '--dereference', process.execPath, join(place, 'usr/local/bin/node'));
  return {
    /** Runs a command in it, in `/app`, with `/proc` and `/dev` as a container has them. */
    run: (...command) =>
      run(
        ...['unshare', ...requireMountNamespace(), 'sh', '-e', '-c'],
        'root=$1; shift; mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"; exec chroot "$root" "$@"',
        ...['sh', place, '/usr/bin/env', '-i', '--chdir=/app', 'PATH=/usr/local/bin:/usr/bin:/bin', ...command],
      ),
  };
}
