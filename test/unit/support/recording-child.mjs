// Records the synthetic devices into a file until it is told to stop, cannot go on, or is killed. It prints a line when
// it has begun, one for each second that is in the file, and the result.
// Arguments: the file, the options as JSON, and possibly where it dies: in the call number `call` of those that change the
// file, counted from the start or from when it is told to stop (`ending`), of which a part is done.
import fs from 'node:fs';

const [path, options = '{}', death] = process.argv.slice(2);
let calls = 0;
let ending = false;
if (death !== undefined) {
  const { write, ftruncate } = fs;
  const at = JSON.parse(death);
  const isLast = () => (ending || !at.ending) && calls++ === at.call;
  const die = () => process.kill(process.pid, 'SIGKILL');
  fs.write = (fd, data, offset, length, position, callback) => {
    if (!isLast()) return write(fd, data, offset, length, position, callback);
    // A few bytes are never torn.
    fs.writeSync(fd, data, offset, length < 16 ? length : Math.floor(length * at.part), position);
    die();
  };
  fs.ftruncate = (fd, length, callback) => {
    if (isLast()) die();
    ftruncate(fd, length, callback);
  };
}
// Now, so that it has these.
const { mediaDevices, recordToFile } = await import('node-libwebrtc');
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
process.stdin.once('data', () => {
  ending = true;
  void recording.stop();
});
const { error, ...result } = await recording.finished;
clearInterval(timer);
process.stdin.destroy();
for (const track of stream.getTracks()) track.stop();
print({ finished: result, code: error?.code ?? null });
