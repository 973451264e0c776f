/**
 * What a page of Chromium has for media: a source of known pictures, and judges of what it receives. Its text runs in the
 * page, where `content` is media_content.mjs.
 */
/* global content */

/** A track of painted pictures. */
export function camera({ width = 320, height = 180, frameRate = 15, from = 1 } = {}) {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  let counter = from;
  const timer = setInterval(() => {
    if (track.readyState === 'ended') return clearInterval(timer);
    const frame = new VideoFrame(content.paint(counter, width, height), {
      ...{ format: 'RGBA', codedWidth: width, codedHeight: height },
      timestamp: Math.round(performance.now() * 1000),
    });
    counter++;
    writer.write(frame).catch(() => clearInterval(timer));
  }, 1000 / frameRate);
  return track;
}

/** A track of silence, and a function that makes it beep at once. */
export async function beeper({ frequency, seconds }) {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0 });
  const oscillator = new OscillatorNode(context, { frequency });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  await context.resume();
  const beep = () => {
    gain.gain.setValueAtTime(0.5, context.currentTime);
    gain.gain.setValueAtTime(0, context.currentTime + seconds);
  };
  return { track: destination.stream.getAudioTracks()[0], beep };
}

/** A page that is busy for some seconds must not lose sound; of pictures it may. */
const BUFFERS = { audio: 500, video: 2 };

/** Lets a judge look at a track until it has a verdict. `began` is called when there is something to look at. */
export async function judge(track, kind, options, { seconds = 60, began = () => {} } = {}) {
  const judge = new content.JUDGES[kind](options);
  // Chromium decodes the sound of a remote track only for somebody who plays it.
  const element = document.createElement(track.kind);
  element.muted = true;
  element.srcObject = new MediaStream([track]);
  element.play().catch(() => {});
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: BUFFERS[track.kind] }).readable.getReader();
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const timer = setTimeout(() => reader.cancel(), seconds * 1000);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`Chromium waited in vain for ${kind} ${JSON.stringify(options)}: ${judge}`);
      began();
      let verdict;
      if (track.kind === 'video') {
        const { displayWidth: width, displayHeight: height } = value;
        if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
        context.drawImage(value, 0, 0, width, height);
        value.close();
        verdict = judge.look(context.getImageData(0, 0, width, height).data, width, height);
      } else {
        const planeIndex = options?.channel ?? 0;
        // What comes before the first packet is silence of one channel.
        if (planeIndex < value.numberOfChannels) {
          const samples = new Float32Array(value.numberOfFrames);
          value.copyTo(samples, { planeIndex, format: 'f32-planar' });
          verdict = judge.look(samples, value.sampleRate);
        }
        value.close();
      }
      if (verdict) return verdict;
    }
  } finally {
    clearTimeout(timer);
    element.srcObject = null;
    reader.cancel().catch(() => {});
  }
}
