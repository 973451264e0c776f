/**
 * Video in a terminal: what a peer sends, drawn with characters.
 *
 *     node examples/terminal-viewer/main.mjs [--frames 300] [--columns 80] [--plain]
 *
 * In colour where the output is a terminal, each character two pixels; `--plain`, and anywhere else, in shades of text.
 */
import { parseArgs } from 'node:util';
import { mediaDevices, VideoSink } from 'node-libwebrtc';
import { makePair, negotiate, next } from '../shared/pair.mjs';
import { colourful, plain } from './draw.mjs';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '300' },
    columns: { type: 'string', default: String(Math.min(process.stdout.columns ?? 80, 120)) },
    plain: { type: 'boolean', default: !process.stdout.isTTY },
  },
});
const columns = Number(values.columns);
const draw = values.plain ? plain : colourful;

const stream = await mediaDevices.getUserMedia({ video: { width: 320, height: 240, frameRate: 15 } });
const [sender, receiver] = makePair();
sender.addTrack(stream.getVideoTracks()[0], stream);
const remote = next(receiver, 'track');
await negotiate(sender, receiver);
const { track } = await remote;

let seen = 0;
await new Promise((resolve) => {
  // Only the newest frame waits: a slow terminal shows fewer, never older ones.
  const sink = new VideoSink(
    track,
    async (frame) => {
      const { displayWidth: width, displayHeight: height } = frame;
      const pixels = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
      await frame.copyTo(pixels, { format: 'RGBA' });
      frame.close();
      if (sink.closed) return;
      process.stdout.write(draw({ pixels, width, height }, columns));
      if (++seen < Number(values.frames)) return;
      sink.close();
      resolve();
    },
    { maxQueueLength: 1 },
  );
});
if (!values.plain) process.stdout.write('\x1b[0m\x1b[?25h\n');

for (const sent of stream.getTracks()) sent.stop();
sender.close();
receiver.close();
