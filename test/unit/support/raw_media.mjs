// Frames and samples of tracks, and what is in them.
import { MediaStreamTrackProcessor } from 'node-libwebrtc';

/** The first `count` frames or blocks of a track, still open. */
export async function collect(track, count) {
  const processor = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 });
  const reader = processor.readable.getReader();
  const media = [];
  while (media.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    media.push(value);
  }
  await reader.cancel();
  return media;
}

/** The samples of blocks, one channel. */
export function samplesOf(blocks, channel = 0) {
  return blocks.flatMap((block) => {
    const plane = new Float32Array(block.numberOfFrames);
    block.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
    return [...plane];
  });
}

/** The part of the signal's power that is at this frequency, 0 to 1 (Goertzel). */
export function share(samples, frequency, sampleRate) {
  let re = 0;
  let im = 0;
  let power = 0;
  for (const [i, sample] of samples.entries()) {
    const angle = (2 * Math.PI * frequency * i) / sampleRate;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
    power += sample * sample;
  }
  return (2 * (re * re + im * im)) / (samples.length * power);
}
