/**
 * Builds the addon alone: what binding.gyp hands over to, and with it `node-gyp rebuild` and `prebuildify`.
 *
 *   node scripts/build-addon.mjs [Release | Debug]
 */
import { provideAddon } from './setup/addon.mjs';
import { isCheckout } from './setup/build-tools.mjs';
import { provideDebianPackages } from './setup/debian.mjs';
import { addonPackages, provideInstallTree } from './setup/install-tree.mjs';
import { isProgram } from './setup/paths.mjs';
import { main } from './setup/report.mjs';

export async function buildAddon({ debug = false } = {}) {
  // Installing a dependency is no reason to change somebody's system; setting up a checkout of this project is.
  await provideDebianPackages(await addonPackages(), { mayInstall: isCheckout });
  await provideAddon(await provideInstallTree(), { debug });
}

if (isProgram(import.meta.url)) await main(() => buildAddon({ debug: process.argv[2] === 'Debug' }));
