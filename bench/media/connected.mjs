// Pictures and sound through a connection, both ends in one process.
import { wait } from '../load.mjs';
import { median } from '../statistics.mjs';
import { sendTo } from './connection.mjs';
import { cpuSeconds, pace } from './pace.mjs';
import { film, numberOf, psnr, sizeOf } from './pictures.mjs';

const [WIDTH, HEIGHT, RATE] = [640, 360, 30];
const KILOBITS = 1200;
/** Pictures before they begin again: longer than any is on its way. */
const LENGTH = 120;
/** Until the encoder has the bitrate that it may have. */
const WARM_UP = 6000;
const PICTURES_COMPARED = 60;

const SAMPLE_RATE = 48_000;

/** A connection on which pictures go all the time. */
async function filmConnection(library) {
  const source = library.media.videoSource();
  const { sender, receiver, track } = await sendTo(library, source.track, { kilobits: KILOBITS, codec: 'VP8' });
  const pictures = film(LENGTH, WIDTH, HEIGHT);
  const pushed = new Float64Array(LENGTH);
  pace(RATE, (index) => {
    const number = index % LENGTH;
    const picture = source.picture(WIDTH, HEIGHT, pictures[number]);
    pushed[number] = performance.now();
    source.push(picture);
    source.release(picture);
  });
  return { sender, receiver, track, pictures, pushed };
}

async function statisticOf(connection, type, member) {
  const report = await connection.getStats();
  return [...report.values()].find((entry) => entry.type === type)?.[member];
}

/** Sound through a connection: what it costs, and how much of it arrives. */
async function hear(library, seconds, inBlocks) {
  const source = library.media.audioSource(SAMPLE_RATE, inBlocks);
  const { receiver, track } = await sendTo(library, source.track);
  const blocksPerSecond = 1000 / source.milliseconds;
  const frames = SAMPLE_RATE / blocksPerSecond;
  // A second of a tone: made beforehand, so that making it does not count.
  const blocks = Array.from({ length: blocksPerSecond }, (_, index) =>
    Int16Array.from(
      { length: frames },
      (_, at) => 12_000 * Math.sin((2 * Math.PI * 440 * (index * frames + at)) / SAMPLE_RATE),
    ),
  );
  const push = (index) => source.push(blocks[index % blocks.length]);
  for (let index = 0; index < source.ahead; index++) push(index);
  pace(blocksPerSecond, (index) => push(index + source.ahead));
  let heard = 0;
  library.media.listen(track, (count, rate) => (heard += count / rate), inBlocks);
  await wait(4000);
  const counts = async () => {
    const report = [...(await receiver.getStats()).values()].find((entry) => entry.type === 'inbound-rtp');
    return { heard, total: report.totalSamplesReceived, concealed: report.concealedSamples };
  };
  const before = await counts();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await wait(4 * seconds * 1000);
  const elapsed = (performance.now() - started) / 1000;
  const spent = cpuSeconds(cpu);
  const after = await counts();
  const played = (after.total - before.total) / SAMPLE_RATE;
  // Of what has been played out, what reached the sink, without what had to be made up because it was missing.
  const reached = Math.min(1, (after.heard - before.heard) / Math.min(played, elapsed));
  const real = 1 - (after.concealed - before.concealed) / (after.total - before.total);
  return { cpu: (spent * 60) / elapsed, arrived: 100 * reached * real };
}

export const connectedScenarios = {
  async video(library, seconds) {
    const { sender, track, pictures, pushed } = await filmConnection(library);
    const { watch } = library.media;
    // First what it costs, with a sink that only looks that something comes.
    let received = 0;
    const counting = watch(track, (picture) => {
      received++;
      picture.release();
    });
    await wait(WARM_UP);
    const from = {
      received,
      cpu: process.cpuUsage(),
      time: performance.now(),
      bytes: await statisticOf(sender, 'outbound-rtp', 'bytesSent'),
    };
    await wait(3 * seconds * 1000);
    const elapsed = (performance.now() - from.time) / 1000;
    const cpu = cpuSeconds(from.cpu);
    const frames = received - from.received;
    const bytes = (await statisticOf(sender, 'outbound-rtp', 'bytesSent')) - from.bytes;
    counting.stop();

    // Then what it is worth, and how old it is.
    const compared = [];
    const ages = [];
    await new Promise((resolve) => {
      const comparing = watch(track, async (picture) => {
        const now = performance.now();
        const { width, height } = picture;
        const data = await picture.copyInto(new Uint8Array(sizeOf(width, height)));
        picture.release();
        if (width !== WIDTH || compared.length === PICTURES_COMPARED) return;
        const number = numberOf(data, width);
        ages.push(now - pushed[number]);
        if (ages.length % 2 === 0) return;
        compared.push({ number, data });
        if (compared.length < PICTURES_COMPARED) return;
        comparing.stop();
        resolve();
      });
    });
    const quality = compared.map(({ number, data }) => psnr(data, pictures[number], WIDTH, HEIGHT));
    return {
      videoCpuSecondsPerMinute: (cpu * 60) / elapsed,
      videoFramesPerSecond: frames / elapsed,
      videoPsnr: quality.reduce((sum, value) => sum + value, 0) / quality.length,
      videoKilobits: (bytes * 8) / 1000 / elapsed,
      connectionLatencyMilliseconds: median(ages),
    };
  },

  async audio(library, seconds) {
    const { cpu, arrived } = await hear(library, seconds, false);
    return { audioCpuSecondsPerMinute: cpu, audioSamplesArrived: arrived };
  },

  async audioInBlocks(library, seconds) {
    const { cpu, arrived } = await hear(library, seconds, true);
    return { audioInBlocksCpuSecondsPerMinute: cpu, audioInBlocksSamplesArrived: arrived };
  },
};
