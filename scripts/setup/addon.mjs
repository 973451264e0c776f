/** The native addon: cmake-js configures and builds CMakeLists.txt into `build/Release` (or `build/Debug`). */
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { provideBuildTools } from './build-tools.mjs';
import { inRoot, logFile, root } from './paths.mjs';
import { runLogged, step } from './report.mjs';
import { hashOf, identityOf, isCurrent, writeStamp } from './stamp.mjs';

/**
 * @param {string} libwebrtc the install tree to link
 * @param {{ debug?: boolean }} options `debug` builds without optimisation and with assertions
 */
export async function provideAddon(libwebrtc, { debug = false } = {}) {
  const config = debug ? 'Debug' : 'Release';
  const tree = realpathSync(libwebrtc);
  const { require, environment } = await provideBuildTools();
  const versionOf = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;

  await step(debug ? 'addon (debug)' : 'addon', async (progress) => {
    const input = hashOf(
      ['native', 'CMakeLists.txt'],
      [
        tree,
        identityOf(join(tree, 'lib', 'libwebrtc.a')),
        ['cmake-js', 'node-addon-api', 'node-api-headers'].map(versionOf),
        process.arch,
      ],
    );
    const stamp = `addon-${config}`;
    if (isCurrent(stamp, input)) return 'current';

    mkdirSync(inRoot('build'), { recursive: true });
    const run = (args, log) =>
      runLogged(process.execPath, args, {
        log: logFile(log),
        env: environment,
        onLine: (line) => progress(/\[\d+\/\d+\]/.exec(line)?.[0] ?? line),
      });
    const cmakeJs = (command) =>
      run(
        [
          require.resolve('cmake-js/bin/cmake-js'),
          command,
          ...['--directory', root, '--config', config, '--generator', 'Ninja'],
          ...['--cc', 'clang-19', '--cxx', 'clang++-19', `--CDLIBWEBRTC_DIR=${tree}`],
        ],
        `addon-${command}`,
      );
    // Not cmake-js's `compile`: when a file does not compile, that one empties build/ and starts from nothing.
    await cmakeJs('configure');
    await cmakeJs('build');

    // A build that does not load is a failed build. `bindings` names what was compiled here: a prebuild, which
    // node-gyp-build would take as well, must not stand in for it.
    const addon = require('bindings')({
      bindings: 'libwebrtc',
      module_root: root,
      path: true,
      try: [['module_root', 'build', config, 'bindings']],
    });
    await run(['--eval', `require(${JSON.stringify(addon)})`], 'addon-load');
    writeStamp(stamp, input, [addon]);
    return `built build/${config}/libwebrtc.node`;
  });
}
