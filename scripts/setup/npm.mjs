/** npm packages, exactly as the lock file names them. */
import { readFileSync } from 'node:fs';
import { inRoot, logFile } from './paths.mjs';
import { runLogged, step } from './report.mjs';

const readPackages = (file) => JSON.parse(readFileSync(inRoot(file), 'utf8')).packages;

/** Whether `node_modules` is what the lock file describes; npm notes there what it has installed. */
export function npmPackagesAreCurrent() {
  let installed;
  try {
    installed = readPackages('node_modules/.package-lock.json');
  } catch {
    return false;
  }
  const wanted = readPackages('package-lock.json');
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = installed[path];
    // Optional packages for other systems are in the lock file only.
    if (there === undefined ? entry.optional !== true : there.version !== entry.version) return false;
    if (there?.integrity !== undefined && there.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((path) => path in wanted);
}

export async function provideNpmPackages() {
  await step('npm packages', async (progress) => {
    if (npmPackagesAreCurrent()) return 'current';
    // Without scripts: the only one is this package's own, which builds what the following steps build.
    await runLogged('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      log: logFile('npm-ci'),
      onLine: progress,
    });
    return 'installed by package-lock.json';
  });
}
