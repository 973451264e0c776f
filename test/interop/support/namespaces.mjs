/**
 * Machines of a test's own: network namespaces, joined by virtual cables that can be plugged and pulled.
 *
 * All of them live in a mount namespace that one process holds, and that process ends when its standard input does.
 * So they go with the test, however it ends, and no other process on the machine ever sees them.
 */
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireMountNamespace } from '../../support/mount_namespace.mjs';
import { within } from './wait.mjs';

const run = promisify(execFile);

/** `ip netns` keeps the names below /run, which is not everybody's to write. */
const HOLD = 'mount -t tmpfs tmpfs /run && echo ready && exec cat';

/** Starts the process that holds everything: with the rights there are, or else as root of a new user namespace. */
async function hold() {
  const options = requireMountNamespace();
  const holder = spawn('unshare', [...options, '--net', 'sh', '-c', HOLD]);
  const complaints = [];
  holder.stderr.on('data', (data) => complaints.push(`${data}`.trim()));
  const ended = once(holder, 'close').then(() => false);
  const ready = once(createInterface(holder.stdout), 'line').then(() => true);
  if (!(await within(Promise.race([ready, ended]), 'a network namespace'))) {
    throw new Error(`This test needs network namespaces, and they cannot be made here: ${complaints.join('; ')}`);
  }
  const user = options.includes('--user') ? ['--user', '--preserve-credentials'] : [];
  return { holder, ended, join: ['--target', `${holder.pid}`, '--net', '--mount', '--root', ...user] };
}

export class Machines {
  #holder;
  #ended;
  #join;
  #children = [];

  /** Starts machines of these names, each with nothing but its loopback interface. */
  static async start(...names) {
    const machines = new Machines();
    ({ holder: machines.#holder, ended: machines.#ended, join: machines.#join } = await hold());
    try {
      for (const name of names) {
        await machines.#ip('netns', 'add', name);
        await machines.#ip('-n', name, 'link', 'set', 'lo', 'up');
      }
      return machines;
    } catch (error) {
      await machines.end();
      throw error;
    }
  }

  async #ip(...args) {
    const { stdout } = await within(run('nsenter', [...this.#join, 'ip', ...args]), `ip ${args.join(' ')}`);
    return stdout;
  }

  /** Resolves when the kernel has noticed the carrier, which it may take a second to do. */
  async #carrier(machine, cable) {
    let looking = true;
    const look = async () => {
      while (looking && !(await this.#ip('-n', machine, 'link', 'show', cable)).includes('state UP')) await pause(20);
    };
    await within(look(), `the carrier of ${cable} on ${machine}`).finally(() => (looking = false));
  }

  /**
   * Joins two machines by a cable, and waits until both can use it.
   *
   * @param {string} cable also the name of the interface at either end
   * @param {Record<string, string>} ends the machines' names, and the addresses that they get, as in `10.0.0.1/24`
   */
  async plug(cable, ends) {
    const [[one], [other]] = Object.entries(ends);
    await this.#ip('link', 'add', cable, 'netns', one, 'type', 'veth', 'peer', 'name', cable, 'netns', other);
    for (const [machine, address] of Object.entries(ends)) {
      // Nobody else can have the address, so that IPv6 need not wait to see whether somebody does.
      const now = address.includes(':') ? ['nodad'] : [];
      await this.#ip('-n', machine, 'address', 'add', address, 'dev', cable, ...now);
    }
    for (const machine of Object.keys(ends)) await this.#ip('-n', machine, 'link', 'set', cable, 'up');
    for (const machine of Object.keys(ends)) await this.#carrier(machine, cable);
  }

  /** Takes a machine's end of a cable down: at the other end the carrier is lost. */
  down(machine, cable) {
    return this.#ip('-n', machine, 'link', 'set', cable, 'down');
  }

  up(machine, cable) {
    return this.#ip('-n', machine, 'link', 'set', cable, 'up');
  }

  /** Runs a program of Node on a machine, with an IPC channel to here. */
  fork(machine, module) {
    const child = fork(fileURLToPath(module), [], {
      execPath: 'nsenter',
      execArgv: [...this.#join, 'ip', 'netns', 'exec', machine, process.execPath],
    });
    this.#children.push(child);
    return child;
  }

  /** Ends the programs and then the machines. */
  async end() {
    const ends = this.#children.map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      return exit;
    });
    await Promise.all(ends);
    this.#holder.stdin.end();
    await within(this.#ended, 'the network namespaces to go');
  }
}
