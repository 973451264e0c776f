/**
 * Records the camera and the microphone into a file. Where a machine has none, the synthetic ones stand in.
 *
 *     node examples/camera-to-file/main.mjs [file.webm] [--seconds 5]
 */
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { mediaDevices } from 'node-libwebrtc';
import { recordToFile } from 'node-libwebrtc/recording';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' } },
});
const [file = 'camera.webm'] = positionals;

const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720, frameRate: 30 } });
for (const track of stream.getTracks()) console.log(`${track.kind}: ${track.label}`);

// The file's extension says the container: .webm, .mkv or .mp4.
const recording = recordToFile(stream, file);
setTimeout(() => recording.stop(), Number(values.seconds) * 1000);
const { error } = await recording.finished;
for (const track of stream.getTracks()) track.stop();

if (error !== null) {
  console.error(`Failed: ${error.message}`);
  process.exitCode = 1;
} else {
  const { size } = await stat(file);
  console.log(`${file}: ${recording.mimeType}, ${(size / 1000).toFixed(0)} kB`);
}
