// Tracks of pictures that can be recognized again, and what comes out of tracks.
import { MediaStreamTrackProcessor, VideoFrame, VideoSource } from 'node-libwebrtc';
import { paint, readCounter } from '../../interop/support/media_content.mjs';

const [WIDTH, HEIGHT] = [320, 240];

/** Pictures with a counter, from `first` on, until the test ends. */
export function camera(t, first = 0) {
  const source = new VideoSource();
  const track = source.createTrack();
  let counter = first;
  const timer = setInterval(() => {
    const frame = new VideoFrame(paint(counter++ & 0xffff, WIDTH, HEIGHT), {
      format: 'RGBA',
      codedWidth: WIDTH,
      codedHeight: HEIGHT,
      timestamp: Math.round(performance.now() * 1000),
    });
    source.push(frame);
    frame.close();
  }, 33);
  t.after(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

/** The counters of pictures that a track gives, as they come. */
export async function* counters(track) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  try {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      const { codedWidth, codedHeight } = frame;
      const pixels = new Uint8Array(codedWidth * codedHeight * 4);
      await frame.copyTo(pixels, { format: 'RGBA' });
      frame.close();
      const counter = readCounter(pixels, codedWidth, codedHeight);
      if (counter !== null) yield counter;
    }
  } finally {
    await reader.cancel();
  }
}
