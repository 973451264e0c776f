/** A call of this process with itself, over loopback: data, then sound and pictures of the synthetic devices. */
import { mediaDevices, RTCPeerConnection, type RTCDataChannel, type RTCStatsReport } from '../../index';
import type { MediaStream } from '../../index';
import type { CallReport } from './report';

/** Bytes of a message when throughput is measured. */
const MESSAGE = 64 * 1024;
/** Bytes that wait at most. */
const FULL = 4 * 1024 * 1024;
const ROUND_TRIPS = 21;

const event = (target: EventTarget, type: string) =>
  new Promise<Event>((resolve) => {
    target.addEventListener(type, resolve, { once: true });
  });

function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (connection.connectionState === 'connected') resolve();
      if (connection.connectionState === 'failed') reject(new Error('the two ends found no way to each other'));
    };
    connection.addEventListener('connectionstatechange', look);
    look();
  });
}

async function negotiate(from: RTCPeerConnection, to: RTCPeerConnection): Promise<void> {
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription!);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription!);
}

async function roundTripTime(near: RTCDataChannel, far: RTCDataChannel): Promise<number> {
  far.onmessage = ({ data }) => {
    far.send(data as string);
  };
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const start = performance.now();
    const back = event(near, 'message');
    near.send('ping');
    await back;
    times.push(performance.now() - start);
  }
  far.onmessage = null;
  return times.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)]!;
}

async function throughput(near: RTCDataChannel, far: RTCDataChannel, duration: number): Promise<CallReport['data']> {
  let bytes = 0;
  let last = 0;
  far.binaryType = 'arraybuffer';
  const all = new Promise<void>((resolve) => {
    far.onmessage = ({ data }) => {
      if (typeof data === 'string') resolve();
      else bytes += (data as ArrayBuffer).byteLength;
      last = performance.now();
    };
  });
  const message = new Uint8Array(MESSAGE);
  const start = performance.now();
  near.bufferedAmountLowThreshold = FULL / 4;
  while (performance.now() - start < duration) {
    if (near.bufferedAmount >= FULL) await event(near, 'bufferedamountlow');
    else near.send(message);
  }
  near.send('end');
  await all;
  far.onmessage = null;
  const time = last - start;
  return { bytes, time, rate: (bytes / time) * 1000 };
}

type Stats = Record<string, unknown>;

function one(report: RTCStatsReport, type: string, kind?: string): Stats {
  for (const stats of report.values()) {
    if (stats.type === type && (kind === undefined || stats['kind'] === kind)) return stats;
  }
  return {};
}

const numberOf = (stats: Stats, name: string): number => (typeof stats[name] === 'number' ? stats[name] : 0);
const textOf = (stats: Stats, name: string): string => (typeof stats[name] === 'string' ? stats[name] : 'unknown');

async function syntheticMedia(): Promise<MediaStream> {
  const devices = await mediaDevices.enumerateDevices();
  const synthetic = (kind: string) => {
    const device = devices.find((candidate) => candidate.kind === kind && candidate.label.startsWith('Synthetic'));
    return { deviceId: { exact: device?.deviceId ?? '' } };
  };
  return mediaDevices.getUserMedia({
    audio: synthetic('audioinput'),
    video: { ...synthetic('videoinput'), width: 640, height: 480, frameRate: 30 },
  });
}

/** Sends media for a while and looks at what arrives. */
async function media(
  caller: RTCPeerConnection,
  callee: RTCPeerConnection,
  duration: number,
): Promise<Pick<CallReport, 'audio' | 'video'>> {
  const stream = await syntheticMedia();
  try {
    for (const track of stream.getTracks()) caller.addTrack(track, stream);
    await negotiate(caller, callee);
    const flowing = async (): Promise<RTCStatsReport> => {
      for (;;) {
        const report = await callee.getStats();
        const video = one(report, 'inbound-rtp', 'video');
        const audio = one(report, 'inbound-rtp', 'audio');
        if (numberOf(video, 'framesDecoded') > 0 && numberOf(audio, 'packetsReceived') > 0) return report;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const before = await flowing();
    await new Promise((resolve) => setTimeout(resolve, duration));
    const after = await callee.getStats();
    const sender = one(await caller.getStats(), 'outbound-rtp', 'video');

    const codecOf = (stats: Stats): string => {
      const mimeType = textOf(after.get(textOf(stats, 'codecId')) ?? {}, 'mimeType');
      return mimeType.slice(mimeType.indexOf('/') + 1);
    };
    const rate = (kind: string, name: string): number => {
      const [first, second] = [one(before, 'inbound-rtp', kind), one(after, 'inbound-rtp', kind)];
      const seconds = (numberOf(second, 'timestamp') - numberOf(first, 'timestamp')) / 1000;
      return (numberOf(second, name) - numberOf(first, name)) / seconds;
    };
    const [audio, video] = [one(after, 'inbound-rtp', 'audio'), one(after, 'inbound-rtp', 'video')];
    return {
      audio: {
        codec: codecOf(audio),
        packets: numberOf(audio, 'packetsReceived'),
        packetsLost: numberOf(audio, 'packetsLost'),
        bitsPerSecond: Math.round(rate('audio', 'bytesReceived') * 8),
      },
      video: {
        codec: codecOf(video),
        encoder: textOf(sender, 'encoderImplementation'),
        decoder: textOf(video, 'decoderImplementation'),
        width: numberOf(video, 'frameWidth'),
        height: numberOf(video, 'frameHeight'),
        framesPerSecond: rate('video', 'framesDecoded'),
        bitsPerSecond: Math.round(rate('video', 'bytesReceived') * 8),
      },
    };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/**
 * Calls itself.
 *
 * @param duration milliseconds that data are sent, and media after them
 * @param timeout milliseconds until it is given up
 */
export async function callReport(duration: number, timeout: number): Promise<CallReport> {
  const settings = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
  const caller = new RTCPeerConnection(settings);
  const callee = new RTCPeerConnection(settings);
  const report: CallReport = { ok: false };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing more has come for ${timeout / 1000} s`));
    }, timeout);
  });
  const call = async (): Promise<void> => {
    caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate);
    callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate);
    const init = { negotiated: true, id: 0 };
    const [near, far] = [caller.createDataChannel('doctor', init), callee.createDataChannel('doctor', init)];
    const open = Promise.all([event(near, 'open'), event(far, 'open')]);
    const start = performance.now();
    await negotiate(caller, callee);
    await Promise.all([connected(caller), connected(callee)]);
    report.connectTime = performance.now() - start;
    await open;
    report.roundTripTime = await roundTripTime(near, far);
    const data = await throughput(near, far, duration);
    if (data !== undefined) report.data = data;
    Object.assign(report, await media(caller, callee, duration));
    report.ok = true;
  };
  try {
    await Promise.race([call(), limit]);
  } catch (error) {
    report.error = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    caller.close();
    callee.close();
  }
  return report;
}
