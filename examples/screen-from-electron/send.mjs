/** Sends the display that `getDisplayMedia()` gives, and looks at what arrives. */
import { mediaDevices, VideoSink } from 'node-libwebrtc';
import { makePair, negotiate, next } from '../shared/pair.mjs';

/**
 * @param {{frames: number}} options ends after so many frames
 * @returns {Promise<{label: string, frames: number, width: number, height: number, middle: number[]}>} `middle` is the
 *   colour in the middle of the last picture: red, green, blue
 */
export async function send({ frames }) {
  const stream = await mediaDevices.getDisplayMedia({ video: true });
  const [track] = stream.getVideoTracks();
  const [sender, receiver] = makePair();
  sender.addTrack(track, stream);
  const remote = next(receiver, 'track');
  await negotiate(sender, receiver);
  const { track: arriving } = await remote;

  let seen = 0;
  const last = await new Promise((resolve) => {
    const sink = new VideoSink(arriving, async (frame) => {
      seen += 1;
      if (seen < frames) {
        frame.close();
        return;
      }
      sink.close();
      const { displayWidth: width, displayHeight: height } = frame;
      const pixels = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
      await frame.copyTo(pixels, { format: 'RGBA' });
      frame.close();
      const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
      resolve({ width, height, middle: [...pixels.subarray(at, at + 3)] });
    });
  });
  track.stop();
  sender.close();
  receiver.close();
  return { label: track.label, frames: seen, ...last };
}
