/**
 * The npm packages that build the addon. A checkout has them among its development dependencies; a package installed
 * from a registry onto a system without a prebuild fetches them now, so that nobody else has to carry them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { inRoot, logFile, root } from './paths.mjs';
import { runLogged, step } from './report.mjs';

const names = ['bindings', 'cmake-js', 'node-addon-api', 'node-api-headers'];
const fetched = inRoot('build', 'tools');

const lookUp = (directory) => {
  const require = createRequire(join(directory, 'package.json'));
  try {
    for (const name of names) require.resolve(`${name}/package.json`);
    return require;
  } catch {
    return undefined;
  }
};

/** Whether this is the project's source and not the package as published. */
export const isCheckout = existsSync(inRoot('tsconfig.json'));

/** `require` for the build tools, and an environment in which programs find them. */
export async function provideBuildTools() {
  if (lookUp(root) === undefined && lookUp(fetched) === undefined) {
    await step('build tools', async (progress) => {
      const { devDependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
      await runLogged(
        'npm',
        [
          ...['install', '--prefix', fetched, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'],
          ...['--global=false', '--package-lock=false', ...names.map((name) => `${name}@${devDependencies[name]}`)],
        ],
        { log: logFile('build-tools'), onLine: progress },
      );
      return names.join(', ');
    });
  }
  const require = lookUp(root) ?? lookUp(fetched);
  const modules = dirname(dirname(require.resolve('node-api-headers/package.json')));
  // The scripts' own Node comes first: CMake asks `node` where the packages of the headers are.
  const PATH = [dirname(process.execPath), process.env.PATH].filter(Boolean).join(delimiter);
  return { require, environment: { ...process.env, PATH, NODE_PATH: modules } };
}
