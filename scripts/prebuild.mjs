/**
 * Makes `prebuilds/<platform>-<arch>/node-libwebrtc.node`: one stripped Node-API addon for all versions of Node.
 * prebuildify calls node-gyp, which finds binding.gyp, which hands over to CMake.
 */
import { createRequire } from 'node:module';
import { packages, provideDebianPackages } from './setup/debian.mjs';
import { inRoot, isProgram } from './setup/paths.mjs';
import { main, runLogged, step } from './setup/report.mjs';
import { setUp } from './setup.mjs';

export async function makePrebuild() {
  await provideDebianPackages(packages.gyp);
  await setUp('build');
  await step('prebuild', async (progress) => {
    const prebuildify = createRequire(import.meta.url).resolve('prebuildify/bin.js');
    // Outside build/, which node-gyp empties first.
    await runLogged(process.execPath, [prebuildify, '--napi', '--strip'], {
      log: inRoot('prebuilds', 'prebuild.log'),
      // As npm passes it on from package.json: node-gyp takes its settings there and downloads none.
      env: { ...process.env, npm_package_config_node_gyp_nodedir: inRoot('scripts/node-gyp') },
      onLine: progress,
    });
    return 'prebuilds/';
  });
}

if (isProgram(import.meta.url)) await main(makePrebuild);
