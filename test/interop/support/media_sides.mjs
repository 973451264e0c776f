/** Media for the two ends of a connection: `NodeSide` and `PageSide` with sources and judges. */
/* global peer, media */
import { readFile } from 'node:fs/promises';
import { after } from 'node:test';
import { AudioData, AudioSink, AudioSource, VideoFrame, VideoSink, VideoSource } from 'node-libwebrtc';
import { JUDGES, paint } from './media_content.mjs';
import { LOOPBACK, NodeSide, startBrowser } from './sides.mjs';

/** A browser that may play and record without anybody touching it. */
export const startMediaBrowser = (name = 'Chromium') =>
  startBrowser({
    name,
    showsAddresses: true,
    args: [
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
    ],
  });

/** A track of painted pictures, and an end to it. */
export function camera({ width = 320, height = 180, frameRate = 15, from = 1 } = {}) {
  const source = new VideoSource({ label: 'painted' });
  const track = source.createTrack();
  let counter = from;
  const timer = setInterval(() => {
    const frame = new VideoFrame(paint(counter++, width, height), {
      ...{ format: 'RGBA', codedWidth: width, codedHeight: height },
      timestamp: Math.round(performance.now() * 1000),
    });
    source.push(frame);
    frame.close();
  }, 1000 / frameRate);
  const stop = () => {
    clearInterval(timer);
    source.stop();
  };
  return { track, stop };
}

/** A track of one tone, made as fast as it is to be heard, and an end to it. */
export function microphone({ frequency, sampleRate = 48_000 }) {
  const source = new AudioSource({ label: 'tone' });
  const track = source.createTrack();
  const start = performance.now();
  let position = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * sampleRate);
    if (due <= position) return;
    const samples = Float32Array.from(
      { length: due - position },
      (_, index) => 0.5 * Math.sin((2 * Math.PI * frequency * (position + index)) / sampleRate),
    );
    const data = new AudioData({
      ...{ format: 'f32-planar', sampleRate, numberOfFrames: samples.length, numberOfChannels: 1 },
      timestamp: Math.round((position / sampleRate) * 1e6),
      data: samples,
    });
    position = due;
    source.push(data);
    data.close();
  }, 10);
  const stop = () => {
    clearInterval(timer);
    source.stop();
  };
  return { track, stop };
}

/** A camera, and a microphone with a tone, for all tests of the file that calls this. */
export function cameraAndMicrophone(frequency = 440) {
  const [video, audio] = [camera(), microphone({ frequency })];
  after(() => {
    video.stop();
    audio.stop();
  });
  return { video, audio };
}

/** Lets a judge look at a track until it has a verdict. */
export function judge(track, kind, options, seconds = 60) {
  const judge = new JUDGES[kind](options);
  return new Promise((resolve, reject) => {
    let busy = false;
    const end = (settle, result) => {
      clearTimeout(timer);
      sink.close();
      settle(result);
    };
    const fail = (why) => new Error(`Node ${why} ${kind} ${JSON.stringify(options)}: ${judge}`);
    const timer = setTimeout(() => end(reject, fail('waited in vain for')), seconds * 1000);
    const onended = () => end(reject, fail('saw the track end, waiting for'));
    const sink =
      track.kind === 'video'
        ? new VideoSink(
            track,
            (frame) => {
              // Copies end in order, but a judge that is slower than the pictures does not need them all.
              if (busy) return frame.close();
              busy = true;
              const { width, height } = frame.visibleRect;
              const pixels = new Uint8ClampedArray(width * height * 4);
              frame
                .copyTo(pixels, { format: 'RGBA' })
                .then(() => judge.look(pixels, width, height))
                .then((verdict) => verdict && end(resolve, verdict))
                .catch((error) => end(reject, error))
                .finally(() => {
                  frame.close();
                  busy = false;
                });
            },
            { onended },
          )
        : new AudioSink(
            track,
            (data) => {
              const planeIndex = options?.channel ?? 0;
              const { sampleRate, numberOfChannels, numberOfFrames } = data;
              const samples = new Float32Array(numberOfFrames);
              // What comes before the first packet is silence of one channel.
              const isThere = planeIndex < numberOfChannels;
              if (isThere) data.copyTo(samples, { planeIndex, format: 'f32-planar' });
              data.close();
              const verdict = isThere && judge.look(samples, sampleRate);
              if (verdict) end(resolve, verdict);
            },
            { maxQueueLength: 100, onended },
          );
  });
}

/** The statistics of a type, each with the codec that it names. */
export async function statistics(pc, type) {
  const report = await pc.getStats();
  const all = [...report.values()].filter((entry) => entry.type === type);
  return all.map((entry) => ({ ...entry, codec: report.get(entry.codecId) }));
}

/** Gives a page `content` and `media`, the modules; `browser` is the name of the browser that it is in. */
export async function equip(page, browser = 'Chromium') {
  // Stacks show the name, instead of the whole text.
  const text = async (name) => `${await readFile(new URL(name, import.meta.url), 'utf8')}\n//# sourceURL=${name}`;
  const names = ['media_content.mjs', 'media_page.mjs', `media_page_${browser.toLowerCase()}.mjs`];
  const modules = await Promise.all(names.map(text));
  await page.evaluate(async (modules) => {
    const load = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`);
    globalThis.content = await load(modules[0]);
    globalThis.media = { ...(await load(modules[1])), ...(await load(modules[2])) };
    globalThis.tracks = {};
  }, modules);
}

/**
 * The two sides, without anything in them yet, which have what is given here in their configuration. They are closed when
 * the test is over.
 */
export async function sides(t, browser, { atNode = {}, atPage = {} } = {}) {
  const node = new NodeSide({ ...atNode, node: LOOPBACK });
  const page = await browser.peer(atPage);
  const stops = [];
  t.after(async () => {
    for (const stop of stops) stop();
    node.close();
    await page.close();
  });
  await equip(page, browser.name);
  return {
    node,
    page,

    /** Keeps a source of this side until the test is over, and gives its track. */
    own({ track, stop }) {
      stops.push(stop);
      return track;
    },

    /** Judges what Node receives. */
    atNode: (kind, options, mid) => judge(receiverOf(node.pc, kind, mid).track, kind, options),

    /** Judges what the page receives. */
    atPage: (kind, options, mid) =>
      page.evaluate(
        ({ kind, options, mid }) => {
          const wanted = kind === 'picture' || kind === 'bars' ? 'video' : 'audio';
          const transceiver = peer.pc
            .getTransceivers()
            .find(({ receiver, mid: own }) => receiver.track.kind === wanted && (mid === undefined || own === mid));
          return media.judge(transceiver.receiver.track, kind, options);
        },
        { kind, options, mid },
      ),

    /** The statistics of that type of both sides. */
    async statistics(type) {
      return {
        node: await statistics(node.pc, type),
        page: await page.evaluate((type) => media.statistics(peer.pc, type), type),
      };
    },
  };
}

function receiverOf(pc, kind, mid) {
  const wanted = kind === 'picture' || kind === 'bars' ? 'video' : 'audio';
  return pc
    .getTransceivers()
    .find(({ receiver, mid: own }) => receiver.track.kind === wanted && (mid === undefined || own === mid)).receiver;
}
