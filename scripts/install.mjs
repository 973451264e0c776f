/**
 * What npm runs after it has installed this package: a prebuild that fits and loads is all it takes, otherwise the
 * addon is built from source.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { inRoot, root } from './setup/paths.mjs';
import { buildAddon } from './build-addon.mjs';
import { isCheckout } from './setup/build-tools.mjs';
import { main } from './setup/report.mjs';

/** Whether the addon that the package would load is there, and what happens when it is loaded. */
function prebuildLoads() {
  const require = createRequire(inRoot('package.json'));
  let addon;
  try {
    addon = require('node-gyp-build').resolve(root);
  } catch {
    return false;
  }
  // In a process of its own: an addon for another C library can take the process down.
  const check = spawnSync(process.execPath, ['--eval', `require(${JSON.stringify(addon)})`], { encoding: 'utf8' });
  if (check.status !== 0) process.stderr.write(`${addon} does not load here:\n${check.stderr}\n`);
  return check.status === 0;
}

await main(async () => {
  // In a checkout the sources decide: build-addon leaves a build alone that is current.
  if (!isCheckout && prebuildLoads()) return;
  await buildAddon();
});
