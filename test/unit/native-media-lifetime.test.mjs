// Raw media in any order of ending: the garbage collector, workers, and the end of the process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { native } from './support/native.mjs';

const nativeModule = new URL('./support/native.mjs', import.meta.url).href;

// Cameras, microphones and sinks in full swing; with a connection that carries them when asked for.
const prelude = `
  const { native } = await import(${JSON.stringify(nativeModule)});
  const { setTimeout: delay } = await import('node:timers/promises');
  const kept = [];
  function start(count = 3) {
    let got = 0;
    for (let i = 0; i < count; ++i) {
      const camera = native.createSyntheticVideoSource({ width: 320, height: 240, frameRate: 60, pattern: 'camera' });
      const microphone = native.createSyntheticAudioSource({ sampleRate: 48000, channelCount: 1, signal: 'speech', frequency: 0 });
      const video = camera.createTrack('v' + i);
      const audio = microphone.createTrack('a' + i);
      const frames = video.addVideoSink({ maxQueueLength: 4 });
      const blocks = audio.addAudioSink({ maxQueueLength: 4 });
      frames.sink = { frames(batch) { got += batch.length; }, ended() {} };
      blocks.sink = { blocks(batch) { got += batch.length; }, ended() {} };
      kept.push({ camera, microphone, video, audio, frames, blocks, got: () => got });
    }
  }
  const configuration = {
    iceServers: [], iceTransportPolicy: 'all', bundlePolicy: 'balanced', rtcpMuxPolicy: 'require',
    iceCandidatePoolSize: 0, certificates: [], alwaysNegotiateDataChannels: false,
    node: { includeLoopback: true, bindAddress: '127.0.0.1' },
  };
  const call = (f) => new Promise((resolve, reject) => f((error, value) => (error ? reject(error) : resolve(value))));
  async function connect({ video, audio }) {
    const a = new native.PeerConnection(configuration);
    const b = new native.PeerConnection(configuration);
    for (const [from, to] of [[a, b], [b, a]]) {
      from.sink = {
        icecandidate({ candidate, sdpMid, sdpMLineIndex }) {
          to.addIceCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment: null }, () => {});
        },
        icecandidateerror() {}, negotiationneeded() {}, datachannel() {},
      };
    }
    a.addTrack(video, ['s']);
    a.addTrack(audio, ['s']);
    const offer = await call((done) => a.createOffer({}, done));
    await call((done) => a.setLocalDescription(offer, done));
    await call((done) => b.setRemoteDescription(offer, done));
    const answer = await call((done) => b.createAnswer(done));
    await call((done) => b.setLocalDescription(answer, done));
    await call((done) => a.setRemoteDescription(answer, done));
    const tracks = b.transceivers().map(({ receiver }) => receiver.track);
    const remote = { a, b, frames: [], samples: 0 };
    for (const track of tracks) {
      const sink = track.kind === 'video' ? track.addVideoSink({ maxQueueLength: 4 }) : track.addAudioSink({ maxQueueLength: 50 });
      sink.sink = {
        frames(batch) { remote.frames.push(...batch); },
        blocks(batch) { for (const data of batch) { remote.samples += data.numberOfFrames; data.close(); } },
        ended() {},
      };
      kept.push({ track, sink });
    }
    kept.push(remote);
    while (remote.frames.length < 3 || remote.samples < 9600) await delay(20);
    return remote;
  }
`;

/** Runs a program to its end; it must write nothing but what is expected. */
async function run(program, { flags = [], stdout = '' } = {}) {
  const child = spawn(process.execPath, [...flags, '--input-type=module', '-e', prelude + program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (text) => (output[stream] += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const end = await new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  clearTimeout(timer);
  assert.deepEqual({ ...end, ...output }, { code: 0, signal: null, stdout, stderr: '' });
}

test('a process ends by itself while devices run that it does not hold', () => run(`start(); await delay(100);`));

test('process.exit() in full swing', () => run(`start(); await delay(100); process.exit(0);`));

test('process.exit() while a connection carries media', () =>
  run(`native.holdEventLoop(true); start(1); await connect(kept[0]); process.exit(0);`));

test('media goes through a connection, and its tracks end with it', () =>
  run(
    `
    native.holdEventLoop(true);
    start(1);
    const { a, b, frames } = await connect(kept[0]);
    const bytes = new Uint8Array(320 * 240 * 4);
    const frame = frames.find(({ codedWidth }) => codedWidth === 320) ?? frames[0];
    if (frame.rtpTimestamp === null) throw new Error('no time stamp');
    let ended = 0;
    for (const { track, sink } of kept) if (sink) { track.sink = { ended() { ++ended; } }; }
    b.close();
    a.close();
    while (ended < 2) await delay(10);
    // The buffer outlives its connection.
    frame.copyTo(bytes, 'RGBA', { x: 0, y: 0, width: frame.codedWidth, height: frame.codedHeight }, [{ offset: 0, stride: frame.codedWidth * 4 }]);
    native.holdEventLoop(false);
    console.log('done');
  `,
    { stdout: 'done\n' },
  ));

test('the collector takes everything at any time', () =>
  run(
    `
    native.holdEventLoop(true);
    for (let i = 0; i < 20; ++i) {
      start(2);
      await delay(20);
      // Sinks before tracks, tracks before sources, and the other way round.
      for (const one of kept.splice(0)) for (const part of ['frames', 'video', 'camera', 'blocks', 'audio', 'microphone']) {
        if (Math.random() < 0.5) delete one[part];
        if (Math.random() < 0.1) gc();
      }
      gc();
    }
    native.holdEventLoop(false);
  `,
    { flags: ['--expose-gc'] },
  ));

test('workers end while they run devices, and frames pass between them', () =>
  run(
    `
    const { Worker } = await import('node:worker_threads');
    native.holdEventLoop(true);
    const workers = [];
    for (let i = 0; i < 3; ++i) {
      const worker = new Worker(${JSON.stringify(`
        const { parentPort, workerData } = require('node:worker_threads');
        (async () => {
          const { native } = await import(workerData);
          const camera = native.createSyntheticVideoSource({ width: 160, height: 120, frameRate: 60, pattern: 'camera' });
          const sink = camera.createTrack('t').addVideoSink({ maxQueueLength: 4 });
          // Some arrive, and some are on their way when it ends.
          sink.sink = { frames(batch) { for (const frame of batch) parentPort.postMessage(frame.release()); }, ended() {} };
          globalThis.kept = [camera, sink];
          setInterval(() => {}, 1000);
        })();
      `)}, { eval: true, execArgv: [], workerData: ${JSON.stringify(nativeModule)} });
      let adopted = 0;
      worker.on('message', (token) => {
        try { native.adoptVideoFrame(token).close(); ++adopted; } catch {}
      });
      workers.push({ worker, adopted: () => adopted });
    }
    while (!workers.every(({ adopted }) => adopted() > 5)) await delay(10);
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
    native.holdEventLoop(false);
    console.log('done');
  `,
    { stdout: 'done\n' },
  ));

test('the number of threads depends on nothing', async () => {
  const threads = () => readdirSync('/proc/self/task').length;
  native.holdEventLoop(true);
  const cameras = [];
  const addCamera = () => {
    const camera = native.createSyntheticVideoSource({ width: 64, height: 48, frameRate: 30, pattern: 'camera' });
    const microphone = native.createSyntheticAudioSource({
      sampleRate: 48_000,
      channelCount: 1,
      signal: 'tone',
      frequency: 440,
    });
    cameras.push(camera, microphone, microphone.createTrack('a').addAudioSink({ maxQueueLength: 1 }));
  };
  const none = threads();
  addCamera();
  await delay(100);
  assert.equal(threads(), none + 1);
  for (let i = 0; i < 30; ++i) addCamera();
  await delay(100);
  assert.equal(threads(), none + 1);
  for (const source of cameras) source.stop?.();
  for (let i = 0; i < 100 && threads() > none; ++i) await delay(20);
  assert.equal(threads(), none);
  native.holdEventLoop(false);
});
