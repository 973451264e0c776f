// Uses the first camera that is not synthetic: `camera_program.mjs <what> [size] [count]`. Prints what it has seen.
import { openSync } from 'node:fs';
import { RTCPeerConnection, VideoSink, mediaDevices } from 'node-libwebrtc';

const [what, argument, count] = process.argv.slice(2);
const print = (value) => process.stdout.write(JSON.stringify(value));

const devices = await mediaDevices.enumerateDevices();
const camera = devices.find(({ kind, label }) => kind === 'videoinput' && !label.startsWith('Synthetic'));

async function open(size = '640x480') {
  const [width, height] = size.split('x').map(Number);
  const constraints = { deviceId: { exact: camera.deviceId }, width: { exact: width }, height: { exact: height } };
  const stream = await mediaDevices.getUserMedia({ video: constraints });
  return stream.getVideoTracks()[0];
}

async function measure(frame) {
  const { width, height } = frame.visibleRect;
  const data = new Uint8Array(frame.allocationSize({ format: 'I420' }));
  await frame.copyTo(data, { format: 'I420' });
  frame.close();
  const at = (x, y) => data[y * width + x];
  const row = height >> 1;
  return { width, height, number: at(width >> 1, 0), left: at(width >> 2, row), right: at(width - (width >> 2), row) };
}

/** The next pictures of a track, for which `wanted` says so. */
const pictures = (track, count, wanted = () => true) =>
  new Promise((resolve, reject) => {
    const seen = [];
    const sink = new VideoSink(track, (frame) => {
      measure(frame)
        .then((picture) => {
          if (!wanted(picture) || seen.push(picture) < count) return;
          sink.close();
          resolve(seen.slice(0, count));
        })
        .catch(reject);
    });
  });

const programs = {
  list() {
    const input = camera?.getCapabilities();
    print({ labels: devices.map(({ label }) => label), capabilities: input ?? null });
  },

  async look() {
    const track = await open(argument);
    const settings = track.getSettings();
    const seen = await pictures(track, 10);
    track.stop();
    print({ pictures: seen, settings });
  },

  /** Whole pictures in I420, in base64. */
  async take() {
    const track = await open(argument);
    const { frameRate } = track.getSettings();
    const taken = [];
    await new Promise((resolve, reject) => {
      const sink = new VideoSink(
        track,
        async (frame) => {
          const data = Buffer.alloc(frame.allocationSize({ format: 'I420' }));
          const { colorSpace } = frame;
          const copied = frame.copyTo(data, { format: 'I420' });
          frame.close();
          await copied.catch(reject);
          taken.push({ data: data.toString('base64'), colorSpace: colorSpace.toJSON() });
          if (taken.length < Number(count)) return;
          sink.close();
          resolve();
        },
        { maxQueueLength: 100 },
      );
    });
    track.stop();
    print({ taken: taken.slice(0, Number(count)), frameRate });
  },

  /** Takes pictures until a gray one has come so often. */
  async gray() {
    const track = await open(argument);
    const isGray = ({ number, left, right }) => [number, left, right].every((level) => Math.abs(level - 128) < 4);
    await pictures(track, Number(count), isGray);
    track.stop();
    print({});
  },

  async send() {
    const settings = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
    const [sender, receiver] = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)];
    sender.onicecandidate = ({ candidate }) => receiver.addIceCandidate(candidate);
    receiver.onicecandidate = ({ candidate }) => sender.addIceCandidate(candidate);
    const arrived = new Promise((resolve) => (receiver.ontrack = ({ track }) => resolve(track)));
    const track = await open();
    sender.addTrack(track);
    await sender.setLocalDescription();
    await receiver.setRemoteDescription(sender.localDescription);
    await receiver.setLocalDescription();
    await sender.setRemoteDescription(receiver.localDescription);
    const [received] = await pictures(await arrived, 1, ({ width }) => width === 640);
    print({ received });
    sender.close();
    receiver.close();
    track.stop();
  },

  async exit() {
    const track = await open();
    await pictures(track, 3);
    print({});
    process.exit();
  },

  async files() {
    for (let i = 0; i < 1100; i++) openSync('/dev/null');
    const error = await open().then(
      () => null,
      ({ name }) => name,
    );
    print({ error });
    process.exit();
  },
};

await programs[what]();
