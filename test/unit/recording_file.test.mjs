// Recording into files and streams: what is left after a crash, a full disk, a removed directory, a slow reader.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once as nodeOnce } from 'node:events';
import fs, { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MediaStream, recordToFile, recordToReadable } from 'node-libwebrtc';
import { mountNamespace } from '../support/mount_namespace.mjs';
import { assertDecodes, devices, directory, once, packets, probe } from './support/recorded.mjs';

const child = fileURLToPath(new URL('support/recording-child.mjs', import.meta.url));

/** Starts the recording process, possibly by another program. `until` waits for a message with that property. */
function start(t, [program, ...args], path, options = {}, ...more) {
  const stdio = ['pipe', 'pipe', 'inherit'];
  const rest = [JSON.stringify(options), ...more];
  const process_ = spawn(program, [...args, process.execPath, child, path, ...rest], { stdio });
  t.after(() => process_.kill('SIGKILL'));
  const messages = [];
  const lines = createInterface({ input: process_.stdout });
  const ended = nodeOnce(process_, 'close');
  let look = () => {};
  lines.on('line', (line) => {
    messages.push(JSON.parse(line));
    look();
  });
  return {
    process: process_,
    ended,
    async until(property, condition = () => true) {
      const find = () => messages.find((message) => property in message && condition(message[property]));
      return (
        find() ??
        (await Promise.race([
          new Promise((resolve) => {
            look = () => find() && resolve(find());
          }),
          ended.then(([code, signal]) => find() ?? assert.fail(`ended with ${code ?? signal} before ${property}`)),
        ]))
      );
    },
  };
}

const formats = ['webm', 'mp4', 'mkv'];

for (const extension of formats) {
  test(`a .${extension} file is seekable when it ends well`, async (t) => {
    const path = join(await directory(t), `recording.${extension}`);
    const stream = await devices(t);
    const recording = recordToFile(stream, path, { videoKeyFrameIntervalDuration: 1000 });
    assert.equal(recording.state, 'recording');
    await once(recording, 'start');
    while (recording.duration < 4) await wait(50);
    const stopped = once(recording, 'stop');
    const result = await recording.stop();
    await stopped;
    assert.equal(result.error, null);
    assert.equal(recording.state, 'inactive');
    assert.equal(await recording.stop(), result);
    const { duration, video, audio, complaints } = await probe(path);
    assert.equal(complaints, '');
    assert.ok(Math.abs(duration - result.duration) < 0.05, `${duration} instead of ${result.duration}`);
    assert.equal(video.frames, result.tracks[1].frames);
    assert.equal(audio.frames, result.tracks[0].frames);
    assert.equal(result.bytes, (await stat(path)).size);
    await assertDecodes(path);
    // A player that goes to the third second begins with the key frame before it, not with the first one.
    const [first] = await packets(path, 'v', '-read_intervals', '3%+0.1');
    assert.ok(first.key && first.time > 1.5 && first.time <= 3, `${first.time}`);
  });

  test(`a .${extension} file of a process that is killed plays up to the last full second`, async (t) => {
    const path = join(await directory(t), `recording.${extension}`);
    const { until, process: recorder, ended } = start(t, ['nice'], path);
    await until('seconds', (seconds) => seconds >= 3);
    recorder.kill('SIGKILL');
    await ended;
    const { video, audio, complaints } = await probe(path);
    // Three seconds were recorded: what a crash may lose is the last of them.
    for (const stream of ['v', 'a']) {
      const last = (await packets(path, stream)).at(-1).time;
      assert.ok(last >= 1.95, `${last}`);
    }
    assert.ok(video.frames >= 50 && audio.frames >= 95);
    // What was being written is not there at all.
    assert.equal(complaints, '');
    await assertDecodes(path);
  });

  test(`a .${extension} file has whole pieces only, wherever in a write its process is killed`, async (t) => {
    const home = await directory(t);
    // The header is one call, a piece four: its cover, its length, its bytes, its head. The sixth piece is cut off.
    const deaths = [0, 1, 2, 3].flatMap((step) => [
      { call: 1 + 5 * 4 + step, part: 0.5 },
      // In the last piece, or in the index behind it.
      { call: 4 + step, part: 0.5, ending: true },
    ]);
    await Promise.all(
      deaths.map(async (death, index) => {
        const path = join(home, `${index}.${extension}`);
        const options = { pieceDuration: 300, videoKeyFrameIntervalDuration: 1000 };
        const { until, process: recorder, ended } = start(t, ['nice'], path, options, JSON.stringify(death));
        if (death.ending) {
          await until('seconds', (seconds) => seconds >= 1);
          recorder.stdin.write('stop');
        }
        const [, signal] = await ended;
        assert.equal(signal, 'SIGKILL');
        const { video, audio, complaints } = await probe(path);
        assert.equal(complaints, '', JSON.stringify(death));
        assert.ok(video.frames > 0 && audio.frames > 0);
        await assertDecodes(path);
      }),
    );
  });
}

test('a file that may not grow is an error, and what is in it can be played', async (t) => {
  for (const extension of formats) {
    const path = join(await directory(t), `recording.${extension}`);
    // The same as a full disk to the process, and nobody has to be root for it.
    const { until } = start(t, ['prlimit', '--fsize=200000'], path);
    const { failed, state } = await until('failed');
    assert.equal(failed, 'EFBIG');
    assert.equal(state, 'inactive');
    const { finished, code } = await until('finished');
    assert.equal(code, 'EFBIG');
    const { video, duration } = await probe(path);
    assert.ok(video.frames > 20);
    assert.ok(Math.abs(duration - finished.duration) < 1.1, `${duration} of ${finished.duration}`);
    await assertDecodes(path);
  }
});

test(
  'a full disk is an error, and what is on it can be played',
  { skip: mountNamespace === undefined && 'this user may not mount a small disk in a namespace of its own' },
  async (t) => {
    const home = await directory(t);
    const disk = join(home, 'disk');
    await mkdir(disk);
    const copy = join(home, 'copy.webm');
    // The disk is seen in the namespace alone: the file is copied out of it at the end.
    const script = `mount -t tmpfs -o size=256k tmpfs "$0" && "$@"; cp "$0/recording.webm" "${copy}"`;
    const path = join(disk, 'recording.webm');
    const { until, ended } = start(t, ['unshare', ...mountNamespace, 'sh', '-c', script, disk], path);
    assert.equal((await until('failed')).failed, 'ENOSPC');
    assert.equal((await until('finished')).code, 'ENOSPC');
    await ended;
    const { video, complaints } = await probe(copy);
    assert.equal(complaints, '');
    assert.ok(video.frames > 20);
    await assertDecodes(copy);
  },
);

test('a disk that is slow makes pieces wait, and then leaves some out; what is on it can be played', async (t) => {
  const path = join(await directory(t), 'recording.webm');
  const { write } = fs;
  let slow = true;
  t.mock.method(fs, 'write', (...args) => setTimeout(() => write(...args), slow ? 250 : 0));
  const options = { pieceDuration: 100, maxBufferedBytes: 20_000 };
  const recording = recordToFile(await devices(t), path, options);
  while (recording.statistics.droppedBytes < 20_000) await wait(20);
  slow = false;
  const before = recording.statistics.tracks.map(({ frames }) => frames);
  while (recording.statistics.tracks.some(({ frames }, index) => frames < before[index] + 20)) await wait(20);
  const result = await recording.stop();
  assert.equal(result.error, null);
  assert.ok(result.tracks.every(({ dropped }) => dropped > 0));
  const found = await probe(path);
  assert.equal(found.complaints, '');
  assert.equal(found.video.frames, result.tracks[1].frames);
  const video = await packets(path, 'v');
  const gap = video.findIndex(({ time }, index) => index > 0 && time - video[index - 1].time > 0.2);
  assert.ok(gap > 0 && video[gap].key);
  await assertDecodes(path);
});

test('a directory that is not there, or goes away, is an error', async (t) => {
  const home = await directory(t);
  const stream = await devices(t);
  const missing = recordToFile(stream, join(home, 'missing', 'recording.webm'));
  const { error } = await once(missing, 'error');
  assert.equal(error.code, 'ENOENT');
  assert.equal((await missing.finished).error, error);

  const removed = join(home, 'removed');
  await mkdir(removed);
  const recording = recordToFile(stream, join(removed, 'recording.webm'), { pieceDuration: 200 });
  while (recording.bytesWritten === 0) await wait(20);
  await rm(removed, { recursive: true });
  assert.equal((await once(recording, 'error')).error.code, 'ENOENT');
  assert.equal((await recording.finished).error.code, 'ENOENT');
});

test('a file that is there is kept if that is asked for', async (t) => {
  const path = join(await directory(t), 'recording.webm');
  await writeFile(path, 'precious');
  const recording = recordToFile(await devices(t), path, { flags: 'wx' });
  assert.equal((await recording.finished).error.code, 'EEXIST');
  assert.equal(await readFile(path, 'utf8'), 'precious');
});

test('what cannot be recorded is told at once', async (t) => {
  const path = join(await directory(t), 'recording.webm');
  assert.throws(() => recordToFile(new MediaStream(), path), { name: 'NotSupportedError' });
  assert.throws(() => recordToFile({}, path), TypeError);
  const stream = await devices(t);
  assert.throws(() => recordToFile(stream, path, { mimeType: 'video/banana' }), { name: 'NotSupportedError' });
  assert.throws(() => recordToFile(stream, path, { mimeType: 'audio/webm' }), { name: 'NotSupportedError' });
  assert.equal(existsSync(path), false);
});

test('a signal ends a recording', async (t) => {
  const path = join(await directory(t), 'recording.mp4');
  const controller = new AbortController();
  const recording = recordToFile(await devices(t), path, { signal: controller.signal });
  while (recording.duration < 1) await wait(20);
  controller.abort();
  assert.equal((await recording.finished).error, null);
  await assertDecodes(path);
});

test('a recording is a stream of Node', async (t) => {
  const path = join(await directory(t), 'recording.webm');
  const readable = recordToReadable(await devices(t), { mimeType: 'video/webm', pieceDuration: 200 });
  const written = pipeline(readable, createWriteStream(path));
  while (readable.recording.duration < 1.5) await wait(20);
  await readable.recording.stop();
  await written;
  const { tracks, bytes } = readable.recording.statistics;
  assert.equal((await stat(path)).size, bytes);
  assert.equal((await probe(path)).video.frames, tracks[1].frames);
  await assertDecodes(path);
});

test('a reader that is slow misses something, and what it gets can be played', async (t) => {
  const path = join(await directory(t), 'recording.webm');
  const options = { mimeType: 'video/webm', pieceDuration: 100, maxBufferedBytes: 20_000 };
  const readable = recordToReadable(await devices(t), options);
  const { recording } = readable;
  while (recording.statistics.droppedBytes < 20_000) await wait(20);
  assert.ok(readable.readableLength < 60_000);
  const before = recording.statistics.tracks.map(({ frames }) => frames);
  const written = pipeline(readable, createWriteStream(path));
  while (recording.statistics.tracks.some(({ frames }, index) => frames < before[index] + 20)) await wait(20);
  const { tracks } = await recording.stop();
  await written;
  assert.ok(tracks.every(({ dropped }) => dropped > 0));
  // After what is missing pictures begin with a key frame.
  const video = await packets(path, 'v');
  const gap = video.findIndex(({ time }, index) => index > 0 && time - video[index - 1].time > 0.2);
  assert.ok(gap > 0 && video[gap].key);
  await assertDecodes(path);
});
