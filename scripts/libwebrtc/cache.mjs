/**
 * The user's cache directory: install trees that are checked and complete, and while one is being made, what it is made
 * from.
 *
 *   $XDG_CACHE_HOME/node-libwebrtc/
 *     m150-<key>/         a tree built from source; the key stands for everything that went into it
 *     archive-<key>/      a tree from LIBWEBRTC_ARCHIVE; the key is of its checksum
 *     <either>.work/      what is half done; an interrupted run goes on here
 *     <either>.lock       held by the process that works there
 *     checked/<key>       trees elsewhere (LIBWEBRTC_DIR) that have passed the check
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function cacheDirectory(...parts) {
  const base = process.env.XDG_CACHE_HOME;
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'node-libwebrtc', ...parts);
}

/** A lock whose holder has not shown itself for so long, in ms, is nobody's. */
const abandoned = 60_000;

const heldFor = (file) => {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
};

/** Names a process so that a later one with the same number is another. */
function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')')).split(' ')[20];
    return `${pid} ${started} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `${pid}`;
  }
}

function isStale(file, holder) {
  const age = heldFor(file);
  if (age === undefined) return false;
  if (age > abandoned) return true;
  const [pid, , namespace] = holder.split(' ');
  // Only in the same process namespace does the number mean anything.
  return namespace === identityOf(process.pid).split(' ')[2] && identityOf(Number(pid)) !== holder;
}

/** Removes the lock of a holder that is gone, but not one that another process took in the meantime. */
function takeAway(file, holder, aside) {
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, file);
  } catch {
    // Somebody was quicker.
  }
  rmSync(aside, { force: true });
}

/**
 * Runs `work` while no other process, on this machine or on another that shares the directory, holds the same lock.
 *
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: string) => void} onWait called every second while another process holds it
 * @returns {Promise<T>}
 * @template T
 */
export async function locked(file, work, onWait = () => {}) {
  const me = identityOf(process.pid);
  const mine = `${file}.${process.pid}`;
  mkdirSync(join(file, '..'), { recursive: true });
  for (;;) {
    writeFileSync(mine, me);
    try {
      linkSync(mine, file);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    let holder;
    try {
      holder = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    if (isStale(file, holder)) {
      takeAway(file, holder, mine);
      continue;
    }
    onWait(holder.split(' ')[0]);
    await sleep(1000);
  }
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The directory is gone; the work notices by itself.
    }
  }, abandoned / 6);
  const release = () => rmSync(file, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}
