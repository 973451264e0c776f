/**
 * Cameras that give JPEG, as most do for large pictures: what `native/jpeg` makes of it beside what FFmpeg does.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildCamera } from './support/camera.mjs';

let camera;
before(() => (camera = buildCamera()));
after(() => camera.remove());

const ffmpeg = (args, input) =>
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], {
    input,
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  });

/** So many pictures of a moving pattern, each a file of its own. */
function picturesIn(name, size, count, options) {
  const directory = join(camera.directory, name);
  mkdirSync(directory);
  const source = `testsrc2=size=${size}:rate=30`;
  const encode = ['-f', 'lavfi', '-i', source, '-frames:v', `${count}`, '-c:v', 'mjpeg', '-q:v', '3', ...options];
  ffmpeg([...encode, '-start_number', '0', join(directory, '%d.jpg')]);
  assert.equal(readdirSync(directory).length, count);
  return directory;
}

/** What FFmpeg makes of a picture. */
const reference = (path) => ffmpeg(['-i', path, '-f', 'rawvideo', '-pix_fmt', 'yuvj420p', '-']);

function psnr(a, b) {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / Math.max(squares / a.length, 1e-9));
}

/** The marker segments of a kind, cut out of a picture. */
function without(jpeg, kind) {
  const parts = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] !== kind) parts.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...parts, jpeg.subarray(at)]);
}

async function take(directory, size, count, environment = {}) {
  const { taken, frameRate } = await camera.run('take', {
    size,
    count,
    environment: { CAMERA_PICTURES: directory, CAMERA_SIZE: size, ...environment },
  });
  return { frameRate, taken: taken.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data, 'base64') })) };
}

/** Each picture is the one that FFmpeg gives of one of the files. */
function compare(taken, directory, size) {
  const [width, height] = size.split('x').map(Number);
  const luma = width * height;
  const expected = readdirSync(directory).map((file) => reference(join(directory, file)));
  for (const { data } of taken) {
    const best = expected.reduce((a, b) => (psnr(data.subarray(0, luma), a) > psnr(data.subarray(0, luma), b) ? a : b));
    assert.equal(data.length, best.length);
    assert.ok(psnr(data.subarray(0, luma), best.subarray(0, luma)) > 50, 'luma');
    assert.ok(psnr(data.subarray(luma), best.subarray(luma)) > 34, 'chroma');
  }
}

const kinds = {
  '4:2:2': ['-pix_fmt', 'yuvj422p'],
  '4:2:0': ['-pix_fmt', 'yuvj420p'],
  '4:4:4': ['-pix_fmt', 'yuvj444p'],
  gray: ['-pix_fmt', 'gray'],
  'codes of its own': ['-pix_fmt', 'yuvj422p', '-huffman', 'optimal'],
  'restarts in between': ['-pix_fmt', 'yuvj422p', '-threads', '4', '-thread_type', 'slice', '-slices', '4'],
};
for (const [name, options] of Object.entries(kinds)) {
  test(`JPEG with ${name}`, async () => {
    const size = '800x600';
    const directory = picturesIn(name.replaceAll(/\W/g, '_'), size, 2, options);
    const first = readFileSync(join(directory, '0.jpg'));
    if (name.startsWith('restarts')) assert.notEqual(without(first, 0xdd).length, first.length);
    const { taken } = await take(directory, size, 3);
    compare(taken, directory, size);
    assert.deepEqual(taken[0].colorSpace, {
      primaries: 'bt709',
      transfer: 'iec61966-2-1',
      matrix: 'smpte170m',
      fullRange: true,
    });
  });
}

test('JPEG without its codes, as cameras send it over USB', async () => {
  const size = '320x240';
  const whole = picturesIn('whole', size, 2, ['-pix_fmt', 'yuvj422p', '-huffman', 'default']);
  const directory = join(camera.directory, 'short');
  mkdirSync(directory);
  for (const file of readdirSync(whole)) {
    const jpeg = readFileSync(join(whole, file));
    const short = without(jpeg, 0xc4);
    assert.ok(short.length < jpeg.length - 400);
    writeFileSync(join(directory, file), short);
  }
  const { taken } = await take(directory, size, 3);
  compare(taken, whole, size);
});

test('large pictures come as JPEG where a camera has that beside other formats, at its full rate', async () => {
  const size = '1280x720';
  const directory = picturesIn('large', size, 2, ['-pix_fmt', 'yuvj422p']);
  const { taken, frameRate } = await take(directory, size, 3, { CAMERA_YUYV: '1' });
  assert.equal(frameRate, 30);
  compare(taken, directory, size);
});

test('damaged pictures are left out, and nothing else happens', async () => {
  const size = '800x600';
  const directory = picturesIn('damaged', size, 3, ['-pix_fmt', 'yuvj422p']);
  const jpeg = readFileSync(join(directory, '1.jpg'));
  let number = 0;
  const add = (data) => writeFileSync(join(directory, `${number++}.jpg`), data);
  const good = [0, 1, 2].map((index) => readFileSync(join(directory, `${index}.jpg`)));
  for (const data of good) add(data);
  // Cut short, everywhere.
  for (let length = 0; length < jpeg.length; length += Math.ceil(jpeg.length / 60)) add(jpeg.subarray(0, length));
  // Of another size, progressive, nothing at all.
  add(readFileSync(join(picturesIn('small', '64x64', 1, ['-pix_fmt', 'yuvj422p']), '0.jpg')));
  const progressive = Buffer.from(jpeg);
  progressive[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc2;
  add(progressive);
  add(Buffer.alloc(5000));
  add(Buffer.alloc(5000, 0xff));
  const broken = number - good.length;
  const { taken } = await take(directory, size, 9, { CAMERA_RATE: '200' });
  // Three good ones after all the others, again and again.
  const luma = 800 * 600;
  const expected = good.map((_, index) => reference(join(directory, `${index}.jpg`)));
  const indexes = taken.map(({ data }) => expected.findIndex((one) => psnr(data.subarray(0, luma), one) > 45));
  assert.ok(broken > 50 && !indexes.includes(-1), JSON.stringify(indexes));
});

test('no picture ends the process, whatever is in it', async () => {
  const size = '800x600';
  const directory = picturesIn('wild', size, 2, ['-pix_fmt', 'yuvj422p', '-huffman', 'optimal']);
  const jpeg = readFileSync(join(directory, '1.jpg'));
  let random = 1;
  const next = (limit) => (random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0) % limit;
  // Whoever has seen the gray one twice has seen all the others.
  ffmpeg(['-f', 'lavfi', '-i', `color=gray:size=${size}`, '-frames:v', '1', '-q:v', '3', join(directory, '0.jpg')]);
  // Mostly in what comes before the samples.
  for (let number = 1; number <= 400; number++) {
    const wild = Buffer.from(jpeg);
    const reach = number % 3 === 0 ? wild.length : 700;
    for (let i = 0; i < 1 + (number % 5); i++) wild[next(reach)] = next(256);
    writeFileSync(join(directory, `${number}.jpg`), wild);
  }
  const { log } = await camera.run('gray', {
    size,
    count: 2,
    environment: { CAMERA_PICTURES: directory, CAMERA_SIZE: size, CAMERA_RATE: '400' },
  });
  assert.deepEqual(log, ['open', 'close']);
});
