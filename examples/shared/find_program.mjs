/** Finds a program that somebody has installed. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @returns {boolean} whether this file is there and may be run */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path of a program: the one that the environment names, or the first of these names on the `PATH`.
 *
 * @param {string[]} names
 * @param {{ variable: string, debian: string }} help the variable of the environment, and Debian's package
 */
export function findProgram(names, { variable, debian }) {
  if (process.env[variable]) return process.env[variable];
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)))
    .find(isExecutable);
  if (found === undefined) {
    throw new Error(`no ${names[0]} found: install one (Debian: apt-get install ${debian}) or set ${variable}`);
  }
  return found;
}
