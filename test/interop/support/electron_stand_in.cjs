/**
 * Electron's modules as far as the example's main process uses them, with a grey screen. `node --require` loads it, in the
 * place of Electron, which npm's package only downloads.
 */
const Module = require('node:module');

const SIZE = { width: 320, height: 180 };

const thumbnail = (size) => ({
  getSize: () => size,
  toBitmap: () => Buffer.alloc(size.width * size.height * 4, 128),
});

const electron = {
  app: { whenReady: async () => {}, quit: () => process.exit() },
  screen: { getPrimaryDisplay: () => ({ size: SIZE }) },
  desktopCapturer: {
    getSources: async ({ thumbnailSize }) => [{ name: 'Screen', thumbnail: thumbnail(thumbnailSize) }],
  },
};

const load = Module._load;
Module._load = (request, ...rest) => (request === 'electron' ? electron : load(request, ...rest));
