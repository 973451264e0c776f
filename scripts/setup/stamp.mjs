/**
 * Decides whether a step's result is there and current: a stamp holds a hash of everything that went in, and size and
 * time of every file that came out.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { inRoot, root } from './paths.mjs';

const stampFile = (name) => inRoot('build', 'stamps', `${name}.json`);

/** Every file below a directory, sorted; a file gives itself, what is not there gives nothing. */
export function filesBelow(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * The hash of the contents of files and of further values.
 *
 * @param {string[]} paths files and directories below the package's root
 * @param {unknown[]} values anything JSON can write
 */
export function hashOf(paths, values = []) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesBelow(inRoot(path))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return hash.update(JSON.stringify(values)).digest('hex');
}

/** What tells one version of a file from another without reading it. */
export function identityOf(file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.size} ${stats.mtimeMs}`;
}

/** Whether a step ran with this input and all its files are as it left them. */
export function isCurrent(name, input) {
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(stampFile(name), 'utf8'));
  } catch {
    return false;
  }
  return (
    stamp.input === input &&
    Object.entries(stamp.output).every(([file, identity]) => identityOf(inRoot(file)) === identity)
  );
}

/** Notes that a step has run. */
export function writeStamp(name, input, files) {
  const output = Object.fromEntries(files.map((file) => [relative(root, file), identityOf(file)]));
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), JSON.stringify({ input, output }, null, 1));
}
