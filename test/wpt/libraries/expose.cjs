/** Puts what another library exports on the global object of a page or of a worker, under the names that the web has. */
const { createRequire } = require('node:module');
const { join } = require('node:path');

/** Where `npm run setup bench` installs other libraries. */
const load = createRequire(join(__dirname, '../../../bench/package.json'));

/** Interfaces of WebRTC, and of the media that it sends. */
const isInterface = (name) => /^(RTC|MediaStream|MediaDevices|VideoFrame$|AudioData$)/.test(name);

exports.expose = (library) => {
  const exported = load(library);
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value !== 'function' || !isInterface(name)) continue;
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  if (exported.mediaDevices !== undefined && globalThis.navigator !== undefined) {
    Object.defineProperty(globalThis.navigator, 'mediaDevices', { value: exported.mediaDevices, configurable: true });
  }
};
