/** The two pages of the demo. What stands in `evaluate` runs in the browser. */
/* global demo, pattern */
import { readFileSync } from 'node:fs';

/** A module that a page imports as `globalThis.pattern`: its text, for the server's page loads nothing from elsewhere. */
const patternSource = readFileSync(new URL('./pattern.mjs', import.meta.url), 'utf8').replaceAll(/^export /gm, '');

async function openPage(context, url) {
  const page = await context.newPage();
  const broken = new Promise((_, reject) => page.once('pageerror', reject));
  broken.catch(() => {});
  await page.goto(url);
  await page.evaluate(`globalThis.pattern = (() => { ${patternSource}; return { draw, readCounter }; })()`);
  return { page, broken };
}

/** Publishes the pattern and a tone over WHIP. */
export async function openPublisher(context, url, { width, height, frameRate, frequency }) {
  const { page, broken } = await openPage(context, url);
  await page.evaluate(
    async ({ width, height, frameRate, frequency }) => {
      const { HttpSession } = await import('/rtc.mjs');
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d', { alpha: false });
      const [video] = canvas.captureStream(0).getVideoTracks();
      const demo = { counter: 0, session: new HttpSession() };
      const paint = () => {
        pattern.draw(context, ++demo.counter, width, height);
        video.requestFrame();
      };
      // By the clock: a page that is late for a picture makes up for it with the next one.
      const started = performance.now();
      demo.timer = setInterval(() => {
        if (demo.counter < ((performance.now() - started) / 1000) * frameRate) paint();
      }, 500 / frameRate);

      const audio = new AudioContext();
      const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(new GainNode(audio, { gain: 0.4 })).connect(destination);
      tone.start();
      await audio.resume();

      const { pc } = demo.session;
      const stream = new MediaStream([video, destination.stream.getAudioTracks()[0]]);
      for (const track of stream.getTracks()) {
        const transceiver = pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
        if (track.kind !== 'video') continue;
        const { sender } = transceiver;
        const parameters = sender.getParameters();
        // One size from the first picture to the last.
        parameters.degradationPreference = 'maintain-resolution';
        await sender.setParameters(parameters);
      }
      const connected = new Promise((resolve, reject) => {
        pc.addEventListener('connectionstatechange', () => {
          if (pc.connectionState === 'connected') resolve();
          if (pc.connectionState === 'failed') reject(new Error('no connection'));
        });
      });
      await demo.session.begin('/whip/demo');
      await connected;
      demo.connectedAt = performance.now();
      globalThis.demo = demo;
    },
    { width, height, frameRate, frequency },
  );
  return {
    page,
    broken,
    /** Ends it, and says what was sent. */
    stop: () =>
      page.evaluate(async () => {
        const seconds = (performance.now() - demo.connectedAt) / 1000;
        clearInterval(demo.timer);
        const report = await demo.session.pc.getStats();
        const video = [...report.values()].find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
        const codec = report.get(video.codecId)?.mimeType;
        // The last picture is on its way: it takes no longer than to ask for the end.
        demo.session.end();
        return { seconds, frames: video.framesSent, painted: demo.counter, codec };
      }),
  };
}

/** Watches the session over WHEP and reads the numbers of the pictures that it is shown. */
export async function openViewer(context, url, id) {
  const { page, broken } = await openPage(context, url);
  await page.evaluate(async (id) => {
    const { HttpSession } = await import('/rtc.mjs');
    const demo = { session: new HttpSession(), counters: [], unreadable: 0 };
    const { pc } = demo.session;
    const media = new MediaStream(
      ['audio', 'video'].map((kind) => pc.addTransceiver(kind, { direction: 'recvonly' }).receiver.track),
    );
    await demo.session.begin(`/whep/${id}`);
    const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: media });
    document.body.append(video);
    const canvas = new OffscreenCanvas(320, 180);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const look = () => {
      context.drawImage(video, 0, 0, 320, 180);
      const counter = pattern.readCounter(context.getImageData(0, 0, 320, 180).data, 320, 180, 4);
      if (counter === null) demo.unreadable++;
      else demo.counters.push(counter);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const audio = new AudioContext();
    demo.analyser = new AnalyserNode(audio, { fftSize: 8192 });
    audio.createMediaStreamSource(media).connect(demo.analyser);
    await audio.resume();
    globalThis.demo = demo;
    await video.play();
  }, id);
  return {
    page,
    broken,
    /** How many pictures it has seen. */
    count: () => page.evaluate(() => demo.counters.length),
    /** What it has seen and hears. */
    look: () =>
      page.evaluate(() => {
        const { analyser, counters, unreadable } = demo;
        const spectrum = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(spectrum);
        const loudest = spectrum.indexOf(Math.max(...spectrum));
        return { counters, unreadable, frequency: (loudest * analyser.context.sampleRate) / analyser.fftSize };
      }),
    stop: () => page.evaluate(() => demo.session.end()),
  };
}
