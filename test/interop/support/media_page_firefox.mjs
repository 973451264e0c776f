/**
 * What a page of Firefox has for media, which knows no streams of frames: a canvas gives the pictures, a video element
 * shows those that come, and recordings are heard. Its text runs in the page, where `content` is media_content.mjs.
 */
/* global content */

/** A track of painted pictures. */
export function camera({ width = 320, height = 180, frameRate = 15, from = 1 } = {}) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  document.body.append(canvas);
  const context = canvas.getContext('2d');
  const draw = (counter) => context.putImageData(new ImageData(content.paint(counter, width, height), width), 0, 0);
  let counter = from;
  draw(counter);
  const [track] = canvas.captureStream(frameRate * 2).getVideoTracks();
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer);
    else draw(++counter);
  }, 1000 / frameRate);
  return track;
}

/**
 * A track of one tone: of Firefox's own false microphone, because without a sound card no context for audio runs. Its
 * frequency is in the preferences.
 */
export async function microphone() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  return stream.getAudioTracks()[0];
}

/** A track of silence, and a function that makes it beep at once; the frequency is in the preferences. */
export async function beeper({ seconds }) {
  const track = await microphone();
  track.enabled = false;
  const beep = () => {
    track.enabled = true;
    setTimeout(() => (track.enabled = false), seconds * 1000);
  };
  return { track, beep };
}

/** So long is what is recorded at a time, in milliseconds. */
const RECORDING = 1500;

/** One recording of a track, decoded. */
async function record(track) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, RECORDING));
  recorder.stop();
  await stopped;
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: 48_000 });
  return context.decodeAudioData(await new Blob(parts).arrayBuffer());
}

/** Calls `take(samples, sampleRate)` with the sound of a track, in recordings; gives what ends it. */
async function hear(track, take) {
  let hearing = true;
  const listen = async () => {
    while (hearing) {
      const sound = await record(track);
      if (hearing && sound.length > 0) take(sound.getChannelData(0), sound.sampleRate);
    }
  };
  listen().catch(() => {});
  return () => {
    hearing = false;
  };
}

/** Calls `take(pixels, width, height)` with the pictures of a track; gives what ends it. */
async function see(track, take) {
  const element = document.createElement('video');
  element.muted = true;
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let looking = true;
  const look = () => {
    if (!looking) return;
    const { videoWidth: width, videoHeight: height } = element;
    if (width > 0) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.drawImage(element, 0, 0, width, height);
      take(context.getImageData(0, 0, width, height).data, width, height);
    }
    element.requestVideoFrameCallback(look);
  };
  element.requestVideoFrameCallback(look);
  element.play().catch(() => {});
  return () => {
    looking = false;
    element.srcObject = null;
    element.remove();
  };
}

/** Lets a judge look at a track until it has a verdict. `began` is called when there is something to look at. */
export async function judge(track, kind, options, { seconds = 60, began = () => {} } = {}) {
  const judge = new content.JUDGES[kind](options);
  let stop;
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Firefox waited in vain for ${kind} ${JSON.stringify(options)}: ${judge}`)),
        seconds * 1000,
      );
      const look = (...sample) => {
        began();
        const verdict = judge.look(...sample);
        if (!verdict) return;
        clearTimeout(timer);
        resolve(verdict);
      };
      stop = track.kind === 'video' ? see(track, look) : hear(track, look);
      stop.catch(reject);
    });
  } finally {
    (await stop)();
  }
}
