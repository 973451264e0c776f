/** npm packages, exactly as a lock file names them. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot, logFile } from './paths.mjs';
import { runLogged, step } from './report.mjs';

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Whether a `node_modules` is what the lock file beside it describes; npm notes there what it has installed. */
function areCurrent(directory) {
  let installed;
  try {
    installed = readPackages(inRoot(directory, 'node_modules/.package-lock.json'));
  } catch {
    return false;
  }
  const wanted = readPackages(inRoot(directory, 'package-lock.json'));
  for (const [path, entry] of Object.entries(wanted)) {
    // The package itself, and what a link points to.
    if (!path.startsWith('node_modules/')) continue;
    const there = installed[path];
    // Optional packages for other systems are in the lock file only.
    if (there === undefined ? entry.optional !== true : there.version !== entry.version) return false;
    if (there?.integrity !== undefined && there.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((path) => !path.startsWith('node_modules/') || path in wanted);
}

/** @param {string} directory where a package.json and its lock file are, below the package's root */
export async function provideNpmPackages(directory = '.') {
  await step(directory === '.' ? 'npm packages' : `npm packages of ${directory}`, async (progress) => {
    if (areCurrent(directory)) return 'current';
    // Without scripts: the only one is this package's own, which builds what the following steps build.
    await runLogged('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: inRoot(directory),
      log: logFile(directory === '.' ? 'npm-ci' : `npm-ci-${basename(directory)}`),
      onLine: progress,
    });
    return 'installed by package-lock.json';
  });
}
