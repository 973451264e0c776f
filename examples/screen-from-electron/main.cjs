/**
 * Electron's main process: offers the screen by `getDisplayMedia()`, and sends it.
 *
 *     npx electron examples/screen-from-electron/main.cjs
 */
const { app, desktopCapturer, screen } = require('electron');

/** Captures the primary display, so many times a second. */
function captureScreen(size, frameRate) {
  return (take) => {
    const look = async () => {
      const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: size });
      const { width, height } = source.thumbnail.getSize();
      take({ data: source.thumbnail.toBitmap(), width, height });
    };
    const timer = setInterval(() => void look(), 1000 / frameRate);
    return () => clearInterval(timer);
  };
}

app.whenReady().then(async () => {
  const { registerScreen } = await import('./screen.mjs');
  const { send } = await import('./send.mjs');
  const { width, height } = screen.getPrimaryDisplay().size;
  const frameRate = 10;
  registerScreen('Screen', { width, height, frameRate }, captureScreen({ width, height }, frameRate));
  const { frames } = await send({ frames: 100 });
  console.log(`${frames} frames have arrived.`);
  app.quit();
});
