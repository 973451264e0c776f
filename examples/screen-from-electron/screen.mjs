/** A display of the application, offered by `getDisplayMedia()` before all others. Nothing here is Electron's. */
import { registerDevice, VideoFrame, VideoSource } from 'node-libwebrtc';

/**
 * @typedef {object} Picture
 * @property {Uint8Array} data BGRA, four bytes a pixel, as Electron's `NativeImage.toBitmap()` gives them
 * @property {number} width
 * @property {number} height
 */

/**
 * Registers a display.
 *
 * @param {string} label
 * @param {{width: number, height: number, frameRate: number}} format
 * @param {(picture: (picture: Picture) => void) => () => void} capture starts to capture: calls back with each picture;
 *   gives the function that ends it
 */
export function registerScreen(label, format, capture) {
  return registerDevice({
    kind: 'display',
    label,
    formats: [format],
    open: () => {
      const start = performance.now();
      const source = new VideoSource({ label, isScreencast: true, onidle: () => end() });
      const end = capture(({ data, width, height }) => {
        const timestamp = Math.round((performance.now() - start) * 1000);
        const frame = new VideoFrame(data, { format: 'BGRX', codedWidth: width, codedHeight: height, timestamp });
        source.push(frame);
        frame.close();
      });
      return source;
    },
  });
}
