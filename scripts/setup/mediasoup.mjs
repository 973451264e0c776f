/**
 * mediasoup's worker: a program that its npm package downloads when it is installed, or builds from sources that it
 * downloads. Here it is built from the sources in the package, with Debian's libraries, and kept in the user's cache.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { cacheDirectory } from '../libwebrtc/cache.mjs';
import { inRoot, logFile } from './paths.mjs';
import { runLogged, step } from './report.mjs';
import { hashOf, isCurrent, writeStamp } from './stamp.mjs';

const recipe = 'test/ecosystem/mediasoup-worker';
const directory = inRoot('build', 'mediasoup-worker');

/** Where the worker is once it has been provided. */
export const mediasoupWorker = inRoot('build', 'mediasoup-worker', 'mediasoup-worker');

/** Puts a file where another process may be looking for it. */
function put(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, `${target}.unfinished`);
  renameSync(`${target}.unfinished`, target);
}

/** After the npm packages of `test/ecosystem` are there. */
export async function provideMediasoupWorker() {
  await step("mediasoup's worker", async (progress) => {
    const { packages } = JSON.parse(readFileSync(inRoot('test/ecosystem/package-lock.json'), 'utf8'));
    const { version, integrity } = packages['node_modules/mediasoup'];
    const input = hashOf([recipe], [version, integrity, process.arch]);
    if (isCurrent('mediasoup-worker', input)) return 'current';
    const cached = cacheDirectory(`mediasoup-worker-${input.slice(0, 16)}`);
    let found = true;
    try {
      put(cached, mediasoupWorker);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      found = false;
    }
    if (!found) {
      const cmake = (log, ...args) =>
        runLogged('cmake', args, {
          log: logFile(log),
          onLine: (line) => progress(/\[\d+\/\d+\]/.exec(line)?.[0] ?? line),
        });
      await cmake(
        'mediasoup-configure',
        ...['-G', 'Ninja', '-S', inRoot(recipe), '-B', directory, '-DCMAKE_BUILD_TYPE=Release'],
        ...['-DCMAKE_CXX_COMPILER=g++', `-DMEDIASOUP_WORKER=${inRoot('test/ecosystem/node_modules/mediasoup/worker')}`],
      );
      await cmake('mediasoup-build', '--build', directory);
      put(mediasoupWorker, cached);
    }
    writeStamp('mediasoup-worker', input, [mediasoupWorker]);
    return found ? `version ${version}, from the cache` : `built version ${version}`;
  });
}
