/** A page of a browser that publishes painted pictures with flashes, and beeps, over WHIP. */
/* global peer, content, media, pattern */
import { readFile } from 'node:fs/promises';
import { equip } from './media_sides.mjs';

/**
 * Publishes, and resolves when the connection is up.
 *
 * @param browser from `startMediaBrowser`
 * @param {string} endpoint the WHIP endpoint
 * @param {{ frequency: number }} options of the beeps
 * @returns a function that ends it
 */
export async function publishFromPage(t, browser, endpoint, { frequency }) {
  const page = await browser.peer();
  t.after(() => page.close());
  await equip(page, browser.name);
  const source = await readFile(new URL('flash_beep.mjs', import.meta.url), 'utf8');
  await page.evaluate(
    async ({ source, endpoint, frequency }) => {
      globalThis.pattern = await import(`data:text/javascript,${encodeURIComponent(source)}`);
      const sound = await media.beeper({ frequency, seconds: pattern.BEEP_SECONDS });
      const [width, height] = [320, 180];
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      document.body.append(canvas);
      const context = canvas.getContext('2d', { alpha: false });
      const [picture] = canvas.captureStream(2 * pattern.FRAME_RATE).getVideoTracks();
      let counter = 0;
      setInterval(() => {
        const pixels = content.paint(++counter, width, height);
        pattern.flash(pixels, counter, width, height);
        context.putImageData(new ImageData(pixels, width), 0, 0);
        if (pattern.beeps(counter)) sound.beep();
      }, 1000 / pattern.FRAME_RATE);

      const { pc } = peer;
      const stream = new MediaStream([sound.track, picture]);
      pc.addTransceiver(sound.track, { direction: 'sendonly', streams: [stream] });
      pc.addTransceiver(picture, { direction: 'sendonly', streams: [stream] });
      await pc.setLocalDescription();
      await peer.until(pc, 'icegatheringstatechange', () => pc.iceGatheringState === 'complete', 'the candidates');
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp' },
        body: pc.localDescription.sdp,
      });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      peer.session = new URL(response.headers.get('location'), endpoint).href;
      await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    },
    { source, endpoint, frequency },
  );
  await page.connected();
  return () =>
    page.evaluate(async () => {
      await fetch(peer.session, { method: 'DELETE' });
      peer.pc.close();
    });
}
