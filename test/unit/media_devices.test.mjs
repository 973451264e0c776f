// mediaDevices: which device is taken, what it gives, and how constraints change that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AudioData,
  AudioSource,
  AudioSink,
  DeviceChangeEvent,
  InputDeviceInfo,
  MediaDevices,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
  OverconstrainedError,
  VideoFrame,
  VideoSink,
  VideoSource,
  VideoTrackGenerator,
  mediaDevices,
  registerDevice,
} from 'node-libwebrtc';
import { collect, samplesOf, share } from './support/raw_media.mjs';

const timeout = 20_000;

async function rgba(frame) {
  const data = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(data, { format: 'RGBA' });
  const { width } = frame.visibleRect;
  return (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
}

/** A picture of one colour. */
function plain(red, green, blue, timestamp = 0, codedWidth = 64, codedHeight = 48) {
  const data = new Uint8Array(4 * codedWidth * codedHeight);
  for (let i = 0; i < data.length; i += 4) data.set([red, green, blue, 255], i);
  return new VideoFrame(data, { format: 'RGBA', codedWidth, codedHeight, timestamp });
}

test('the synthetic devices say that they are synthetic', async () => {
  const devices = await mediaDevices.enumerateDevices();
  const synthetic = devices.filter(({ label }) => label.startsWith('Synthetic'));
  assert.deepEqual([...new Set(synthetic.map(({ kind }) => kind))].sort(), ['audioinput', 'videoinput']);
  for (const device of devices) {
    assert.ok(device instanceof InputDeviceInfo);
    assert.ok(device.deviceId.length > 0 && device.groupId.length > 0);
    const { deviceId, kind, label, groupId } = device;
    assert.deepEqual(JSON.parse(JSON.stringify(device)), { deviceId, kind, label, groupId });
  }
  assert.deepEqual(synthetic.find(({ kind }) => kind === 'videoinput').getCapabilities().width, { min: 1, max: 3840 });
  assert.equal(new Set(devices.map(({ deviceId }) => deviceId)).size, devices.length);
  assert.equal(mediaDevices.getSupportedConstraints().frameRate, true);
  assert.throws(() => new MediaDevices(), TypeError);
});

test('getUserMedia fails as it should', async () => {
  for (const constraints of [undefined, {}, { audio: false, video: false }, { video: { frameRate: { min: 'x' } } }]) {
    await assert.rejects(mediaDevices.getUserMedia(constraints), TypeError);
  }
  const impossible = [
    ['width', { width: { min: 100_000_000 } }],
    ['frameRate', { frameRate: { exact: 1000 } }],
    ['deviceId', { deviceId: { exact: 'nobody' } }],
    ['resizeMode', { resizeMode: { exact: 'INVALID' } }],
    ['facingMode', { facingMode: { exact: 'user' } }],
    ['groupId', { groupId: 'x'.repeat(501) }],
  ];
  for (const [constraint, video] of impossible) {
    await assert.rejects(mediaDevices.getUserMedia({ video }), (error) => {
      assert.ok(error instanceof OverconstrainedError);
      assert.equal(error.constraint, constraint);
      return true;
    });
  }
});

test('constraints choose the settings', async () => {
  const cases = [
    [true, [640, 480, 30]],
    [{ width: 1280, height: 720 }, [1280, 720, 30]],
    [{ width: { exact: 123 }, height: { exact: 77 }, frameRate: { exact: 12 } }, [123, 77, 12]],
    [{ width: { max: 320 } }, [320, 240, 30]],
    [{ width: { min: 3840 }, frameRate: 60 }, [3840, 2160, 60]],
    [{ aspectRatio: { exact: 1 } }, undefined, ({ width, height }) => width === height && width >= 480],
    [{ height: 10_000 }, [3840, 2160, 30]],
    [{ width: 640, advanced: [{ width: 99_999 }, { width: 1920, height: 1080 }] }, [1920, 1080, 30]],
    [
      { width: 640, advanced: [{ width: { min: 1000 } }, { frameRate: { max: 10 } }] },
      undefined,
      ({ width, frameRate }) => width >= 1000 && frameRate <= 10,
    ],
  ];
  for (const [video, expected, check] of cases) {
    const stream = await mediaDevices.getUserMedia({ video });
    const [track] = stream.getVideoTracks();
    const settings = track.getSettings();
    if (expected !== undefined) {
      assert.deepEqual([settings.width, settings.height, settings.frameRate], expected, JSON.stringify(video));
    } else {
      assert.ok(check(settings), JSON.stringify(settings));
    }
    track.stop();
  }
});

test('the synthetic camera moves, and its frames have the size and the rate', { timeout }, async () => {
  const stream = await mediaDevices.getUserMedia({ video: { width: 320, height: 240, frameRate: { exact: 20 } } });
  const [track] = stream.getVideoTracks();
  assert.match(track.label, /Synthetic/);
  const frames = await collect(track, 11);
  const times = frames.map(({ timestamp }) => timestamp);
  assert.ok(Math.abs((times[10] - times[0]) / 10 - 50_000) < 5000, `${times}`);
  const pictures = [];
  for (const frame of frames) {
    assert.deepEqual([frame.codedWidth, frame.codedHeight], [320, 240]);
    const data = new Uint8Array(frame.allocationSize());
    await frame.copyTo(data);
    pictures.push(Buffer.from(data));
    frame.close();
  }
  for (let i = 1; i < pictures.length; i++) assert.notEqual(pictures[i].compare(pictures[i - 1]), 0);
  // Bars of colour: there is more than grey.
  const chroma = pictures[0].subarray(320 * 240);
  assert.ok(Math.max(...chroma) - Math.min(...chroma) > 100);
  track.stop();
});

test('applyConstraints scales, crops, drops frames, and grows again', { timeout }, async () => {
  const stream = await mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  const [track] = stream.getVideoTracks();
  const clone = track.clone();
  await track.applyConstraints({ width: { exact: 200 }, height: { exact: 200 }, frameRate: { exact: 10 } });
  const { width, height, frameRate, resizeMode } = track.getSettings();
  assert.deepEqual([width, height, frameRate, resizeMode], [200, 200, 10, 'crop-and-scale']);
  const small = await collect(track, 6);
  assert.deepEqual([small.at(-1).codedWidth, small.at(-1).codedHeight], [200, 200]);
  const interval = (small[5].timestamp - small[1].timestamp) / 4;
  assert.ok(interval > 85_000 && interval < 140_000, `${interval}`);
  const [untouched] = await collect(clone, 1);
  assert.deepEqual([untouched.codedWidth, untouched.codedHeight], [640, 480]);

  await track.applyConstraints({ width: { exact: 1280 }, height: { exact: 720 } });
  const large = await collect(track, 3);
  assert.deepEqual([large.at(-1).codedWidth, large.at(-1).codedHeight], [1280, 720]);
  const [still] = await collect(clone, 1);
  assert.deepEqual([still.codedWidth, still.codedHeight], [640, 480]);

  const before = track.getConstraints();
  await assert.rejects(track.applyConstraints({ height: { min: 99_999 } }), (error) => error.constraint === 'height');
  assert.deepEqual(track.getConstraints(), before);
  assert.equal(track.getSettings().width, 1280);
  for (const frame of [...small, ...large, untouched, still]) frame.close();
  track.stop();
  clone.stop();
});

test('a track that is disabled is black, a stopped one ends its stream', { timeout }, async () => {
  const stream = await mediaDevices.getUserMedia({ video: true });
  const [track] = stream.getVideoTracks();
  track.enabled = false;
  const [frame] = await collect(track, 1);
  const at = await rgba(frame);
  for (const [x, y] of [
    [10, 10],
    [300, 200],
    [639, 479],
  ]) {
    assert.ok(Math.max(...at(x, y)) < 5, `${at(x, y)}`);
  }
  frame.close();
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const reads = [reader.read(), reader.read(), reader.read()];
  track.stop();
  const last = await Promise.all(reads);
  assert.equal(last.at(-1).done, true);
  for (const { value } of last) value?.close();
  assert.throws(() => new MediaStreamTrackProcessor({ track }), { name: 'InvalidStateError' });
});

test('the synthetic microphone gives its tone, without a gap', { timeout }, async () => {
  const audio = { sampleRate: { exact: 16_000 }, channelCount: { exact: 2 } };
  const stream = await mediaDevices.getUserMedia({ audio });
  const [track] = stream.getAudioTracks();
  const { sampleRate, channelCount, sampleSize, latency, echoCancellation } = track.getSettings();
  assert.deepEqual([sampleRate, channelCount, sampleSize, latency, echoCancellation], [16_000, 2, 16, 0.01, false]);
  const blocks = await collect(track, 50);
  assert.deepEqual([blocks[0].sampleRate, blocks[0].numberOfChannels, blocks[0].numberOfFrames], [16_000, 2, 160]);
  for (const channel of [0, 1]) {
    const samples = samplesOf(blocks, channel);
    assert.ok(share(samples, 440, 16_000) > 0.99, `${share(samples, 440, 16_000)}`);
  }
  for (const block of blocks) block.close();
  await assert.rejects(track.applyConstraints({ sampleRate: { exact: 200_000 } }), OverconstrainedError);
  track.stop();
});

test('getDisplayMedia', { timeout }, async () => {
  for (const options of [
    { video: false },
    { video: { width: { min: 1 } } },
    { video: { width: { exact: 1 } } },
    { video: { advanced: [] } },
  ]) {
    await assert.rejects(mediaDevices.getDisplayMedia(options), TypeError);
  }
  const stream = await mediaDevices.getDisplayMedia({ video: { width: { max: 800 } } });
  const [track] = stream.getTracks();
  assert.match(track.label, /Synthetic display/);
  assert.ok(track.getSettings().width <= 800);
  const [frame] = await collect(track, 1);
  assert.equal(frame.codedWidth, track.getSettings().width);
  frame.close();
  track.stop();
});

test('a device of the application', { timeout }, async () => {
  const changes = [];
  mediaDevices.ondevicechange = (event) => changes.push(event);
  let idle = 0;
  let timer;
  const opened = [];
  const camera = registerDevice({
    kind: 'videoinput',
    label: 'Door',
    facingMode: 'environment',
    formats: [
      { width: 320, height: 240, frameRate: 25 },
      { width: 1280, height: 720, frameRate: 10 },
    ],
    open: (format) => {
      opened.push(format);
      const source = new VideoSource({
        onidle: () => {
          idle++;
          clearInterval(timer);
        },
      });
      let time = 0;
      timer = setInterval(() => {
        const frame = plain(200, 30, 60, (time += 40_000), format.width, format.height);
        source.push(frame);
        frame.close();
      }, 40);
      return source;
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(changes.length, 1);
  assert.ok(changes[0] instanceof DeviceChangeEvent);
  assert.deepEqual(
    changes[0].userInsertedDevices.map(({ label }) => label),
    ['Door'],
  );

  const video = { facingMode: { exact: 'environment' }, width: 640, height: 360 };
  const stream = await mediaDevices.getUserMedia({ video });
  const [track] = stream.getTracks();
  assert.equal(track.label, 'Door');
  assert.deepEqual(opened, [{ width: 1280, height: 720, frameRate: 10 }]);
  assert.equal(track.getSettings().deviceId, camera.deviceId);
  const [frame] = await collect(track, 1);
  assert.deepEqual([frame.codedWidth, frame.codedHeight], [640, 360]);
  const pixel = (await rgba(frame))(100, 100);
  assert.ok(
    pixel.every((value, i) => Math.abs(value - [200, 30, 60][i]) < 6),
    `${pixel}`,
  );
  frame.close();
  const clone = track.clone();
  track.stop();
  assert.equal(idle, 0);
  clone.stop();
  assert.equal(idle, 1);

  camera.unregister();
  camera.unregister();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(changes.length, 2);
  assert.ok(!(await mediaDevices.enumerateDevices()).some(({ label }) => label === 'Door'));
  mediaDevices.ondevicechange = null;
});

test(
  'VideoSource to VideoSink: each frame, its pixels and its time; what is late is dropped and counted',
  { timeout },
  async () => {
    const source = new VideoSource({ label: 'mine' });
    const track = source.createTrack();
    assert.equal(track.label, 'mine');
    const seen = [];
    let arrived;
    const sink = new VideoSink(
      track,
      (frame) => {
        seen.push(frame);
        arrived?.();
      },
      { maxQueueLength: 3 },
    );
    const push = (red, timestamp) => {
      const frame = plain(red, 0, 0, timestamp);
      source.push(frame);
      frame.close();
    };
    for (let i = 0; i < 10; i++) push(20 * i, 1000 * i);
    await new Promise((resolve) => (arrived = () => seen.length === 3 && resolve()));
    assert.equal(sink.dropped, 7);
    assert.deepEqual(
      seen.map(({ timestamp }) => timestamp),
      [7000, 8000, 9000],
    );
    const at = await rgba(seen[2]);
    assert.deepEqual(at(5, 5), [180, 0, 0]);
    // No copy, no conversion.
    assert.equal(seen[0].format, 'RGBA');
    let ended = 0;
    new VideoSink(track, () => {}, { onended: () => ended++ });
    source.stop();
    await new Promise((resolve) => track.addEventListener('ended', resolve));
    assert.equal(ended, 1);
    assert.ok(sink.closed);
    assert.throws(() => source.push(seen[0].close() ?? seen[0]), { name: 'InvalidStateError' });
    assert.throws(() => new AudioSink(track, () => {}), TypeError);
    for (const frame of seen) frame.close();
  },
);

for (const merges of [false, true]) {
  test(
    `AudioSource to AudioSink: samples of odd lengths come out as they went in${merges ? ', many at a time' : ''}`,
    { timeout },
    async () => {
      const source = new AudioSource();
      const track = source.createTrack();
      const heard = [];
      const lengths = [];
      const times = [];
      let done;
      const finished = new Promise((resolve) => (done = resolve));
      const sink = new AudioSink(
        track,
        (data) => {
          lengths.push(data.numberOfFrames);
          times.push(data.timestamp);
          heard.push(...samplesOf([data]));
          data.close();
          if (heard.length >= 4800) done();
        },
        { maxQueueLength: 1000, merges },
      );
      const signal = Float32Array.from({ length: 5000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 48_000));
      for (let i = 0; i < signal.length;) {
        const data = signal.slice(i, i + 37 + (i % 211));
        const numbers = { sampleRate: 48_000, numberOfFrames: data.length, numberOfChannels: 1, timestamp: 0 };
        const block = new AudioData({ ...numbers, format: 'f32', data });
        source.push(block);
        block.close();
        i += data.length;
      }
      await finished;
      assert.equal(sink.dropped, 0);
      for (const [i, sample] of heard.entries()) assert.ok(Math.abs(sample - signal[i]) < 1e-4, `sample ${i}`);
      // Everything has been pushed before the loop turns.
      assert.deepEqual(lengths, merges ? [4800] : Array(10).fill(480));
      for (const [i, time] of times.entries()) assert.ok(Math.abs(time - times[0] - i * 10_000) <= 1);
      sink.close();
      source.stop();
    },
  );
}

test(
  'VideoTrackGenerator: what is written is closed and reaches the track; muted, it does not',
  { timeout },
  async () => {
    const generator = new VideoTrackGenerator();
    const writer = generator.writable.getWriter();
    const reader = new MediaStreamTrackProcessor({ track: generator.track, maxBufferSize: 10 }).readable.getReader();
    const first = plain(0, 255, 0, 1);
    await writer.write(first);
    assert.equal(first.format, null);
    const { value } = await reader.read();
    assert.equal(value.timestamp, 1);
    assert.deepEqual((await rgba(value))(1, 1), [0, 255, 0]);
    value.close();
    generator.muted = true;
    await writer.write(plain(1, 1, 1, 2));
    await new Promise((resolve) => generator.track.addEventListener('mute', resolve));
    generator.muted = false;
    await writer.write(plain(1, 1, 1, 3));
    const third = await reader.read();
    assert.equal(third.value.timestamp, 3);
    third.value.close();

    const clone = generator.track.clone();
    generator.track.stop();
    await writer.write(plain(1, 1, 1, 4));
    clone.stop();
    await writer.closed;
    const late = plain(1, 1, 1, 5);
    await assert.rejects(writer.write(late), TypeError);
    assert.equal(late.format, 'RGBA');
    late.close();
  },
);

test('MediaStreamTrackGenerator, audio and video; closing ends the track', { timeout }, async () => {
  for (const kind of ['audio', 'video']) {
    const generator = new MediaStreamTrackGenerator({ kind });
    assert.equal(generator.kind, kind);
    const writer = generator.writable.getWriter();
    const reader = new MediaStreamTrackProcessor({ track: generator }).readable.getReader();
    const read = reader.read();
    const numbers = { sampleRate: 8000, numberOfFrames: 80, numberOfChannels: 1, timestamp: 5 };
    const media =
      kind === 'video'
        ? plain(9, 9, 9, 5)
        : new AudioData({ ...numbers, format: 's16', data: new Int16Array(80).fill(1234) });
    await writer.write(media);
    const { value } = await read;
    if (kind === 'audio') assert.ok(Math.abs(samplesOf([value])[7] - 1234 / 32768) < 1e-4);
    else assert.equal(value.codedWidth, 64);
    value.close();
    const ended = new Promise((resolve) => generator.addEventListener('ended', resolve));
    await writer.close();
    await ended;
    assert.equal(generator.readyState, 'ended');
  }
  const writer = new MediaStreamTrackGenerator('video').writable.getWriter();
  await assert.rejects(writer.write('text'), TypeError);
  assert.throws(() => new MediaStreamTrackGenerator('text'), TypeError);
});
