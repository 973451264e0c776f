// Records the synthetic devices into a file until it is told to stop, cannot go on, or is killed. It prints a line when
// it has begun, one for each second that is in the file, and the result.
// Arguments: the file, the options as JSON.
import { mediaDevices, recordToFile } from 'node-libwebrtc';

const [path, options = '{}'] = process.argv.slice(2);
const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
const recording = recordToFile(stream, path, JSON.parse(options));
const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
recording.addEventListener('start', () => print({ started: recording.mimeType }));
recording.addEventListener('error', ({ error }) => print({ failed: error.code, state: recording.state }));
let seconds = 0;
const timer = setInterval(() => {
  if (recording.duration < seconds + 1) return;
  seconds = Math.floor(recording.duration);
  print({ seconds, bytes: recording.bytesWritten });
}, 20);
process.stdin.once('data', () => void recording.stop());
const { error, ...result } = await recording.finished;
clearInterval(timer);
process.stdin.destroy();
for (const track of stream.getTracks()) track.stop();
print({ finished: result, code: error?.code ?? null });
