import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A path below the package's root. */
export const inRoot = (...parts) => join(root, ...parts);

/** Where a step writes its log. */
export const logFile = (name) => inRoot('build', 'logs', `${name}.log`);

/** Whether a module is the program that was started and not one that it imports. */
export const isProgram = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
