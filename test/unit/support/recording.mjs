// Encoded media out of taps, and programs that know nothing of this project to decode it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function until(condition, what = 'it') {
  for (let i = 0; i < 1500; ++i) {
    if (await condition()) return;
    await delay(10);
  }
  assert.fail(`${what} did not happen in time`);
}

/** Collects what a tap gives. */
export function collect(tap) {
  const got = { tap, chunks: [], batches: [], reports: [], ended: 0, failed: [] };
  tap.sink = {
    chunks(batch) {
      got.batches.push(batch.length);
      got.chunks.push(...batch);
    },
    senderReport(report) {
      got.reports.push(report);
    },
    ended() {
      ++got.ended;
    },
    failed(message) {
      got.failed.push(message);
    },
  };
  return got;
}

/** What every tap promises of its chunks. */
export function checkOrder(chunks) {
  assert.equal(chunks[0].key, true, 'decoding begins with the first chunk');
  for (let i = 1; i < chunks.length; ++i) {
    assert.ok(chunks[i].timestamp > chunks[i - 1].timestamp, 'times increase');
    assert.equal(chunks[i].codec, chunks[0].codec);
  }
}

function ivf(fourcc, chunks) {
  const header = Buffer.alloc(32);
  header.write('DKIF', 0);
  header.writeUInt16LE(32, 6);
  header.write(fourcc, 8);
  header.writeUInt16LE(chunks[0].width, 12);
  header.writeUInt16LE(chunks[0].height, 14);
  header.writeUInt32LE(1_000_000, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(chunks.length, 24);
  const parts = [header];
  for (const { data, timestamp } of chunks) {
    // In a file of its own AV1 has temporal delimiters.
    const bytes = fourcc === 'AV01' ? Buffer.concat([Buffer.from([0x12, 0]), Buffer.from(data)]) : Buffer.from(data);
    const head = Buffer.alloc(12);
    head.writeUInt32LE(bytes.length, 0);
    head.writeBigUInt64LE(BigInt(Math.round(timestamp - chunks[0].timestamp)), 4);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}

function crc(bytes) {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << 24;
    for (let i = 0; i < 8; ++i) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return value >>> 0;
}

/** One packet a page: wasteful, and right. */
function ogg(chunks) {
  const channels = chunks[0].channelCount;
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0])]);
  const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8)]);
  let granule = 0;
  const packets = [head, tags, ...chunks.map(({ data }) => Buffer.from(data))];
  return Buffer.concat(
    packets.map((packet, i) => {
      if (i > 1) granule += (chunks[i - 2].duration * 48) / 1000;
      const lacing = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
      const page = Buffer.alloc(27);
      page.write('OggS', 0);
      page[5] = (i === 0 ? 2 : 0) | (i === packets.length - 1 ? 4 : 0);
      page.writeBigUInt64LE(BigInt(granule), 6);
      page.writeUInt32LE(1, 14);
      page.writeUInt32LE(i, 18);
      page[26] = lacing.length;
      const whole = Buffer.concat([page, Buffer.from(lacing), packet]);
      whole.writeUInt32LE(crc(whole), 22);
      return whole;
    }),
  );
}

const containers = {
  VP8: ['ivf', (chunks) => ivf('VP80', chunks)],
  VP9: ['ivf', (chunks) => ivf('VP90', chunks)],
  AV1: ['ivf', (chunks) => ivf('AV01', chunks)],
  H264: ['h264', (chunks) => Buffer.concat(chunks.map(({ data }) => Buffer.from(data)))],
  opus: ['ogg', ogg],
};

/**
 * Decodes chunks with FFmpeg, which may complain of nothing.
 *
 * @returns {Promise<{ width: number, height: number, luma: number[] }[] | Float32Array>} video: the size of each frame
 *   and the middle pixel's brightness; sound: the first channel's samples at 48 kHz
 */
export async function decode(chunks) {
  const [extension, write] = containers[chunks[0].codec];
  const directory = mkdtempSync(join(tmpdir(), 'node-libwebrtc-'));
  try {
    const file = join(directory, `media.${extension}`);
    writeFileSync(file, write(chunks));
    if (chunks[0].codec === 'opus') {
      const { stdout, stderr } = await run(
        'ffmpeg',
        ['-v', 'repeat+warning', '-i', file, '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'],
        { encoding: 'buffer', maxBuffer: 1 << 28 },
      );
      assert.equal(stderr.toString(), '');
      return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
    }
    const { stderr } = await run('ffmpeg', ['-v', 'repeat+warning', '-i', file, '-f', 'null', '-']);
    assert.equal(
      stderr.replaceAll(
        /^.*(?:non monotonically|non-monotonic|DTS discontinuity|Timestamps are unset|frame rate).*\n/gim,
        '',
      ),
      '',
    );
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-show_entries', 'frame=width,height,pict_type', '-of', 'csv=p=0', file],
    ]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','))
      .map(([width, height]) => ({ width: Number(width), height: Number(height) }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The frequency of a tone, by its zero crossings. */
export function frequencyOf(samples, rate = 48000) {
  let crossings = 0;
  for (let i = 1; i < samples.length; ++i) if (samples[i - 1] < 0 && samples[i] >= 0) ++crossings;
  return (crossings * rate) / samples.length;
}
