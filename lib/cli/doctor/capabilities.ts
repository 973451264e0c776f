/** What needs the addon, but no peer: codecs and networks. */
import { networkInterfaces } from 'node:os';
import { RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, type RTCRtpCapabilities } from '../../index';
import { gather } from './gathering';
import type { CodecReport, NetworkReport } from './report';

/** Ways of sending that are no codecs. */
const AUXILIARY = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03', 'CN', 'telephone-event']);

function names(capabilities: RTCRtpCapabilities | null): string[] {
  const all = (capabilities?.codecs ?? []).map(({ mimeType }) => mimeType.slice(mimeType.indexOf('/') + 1));
  return [...new Set(all)].filter((name) => !AUXILIARY.has(name));
}

/** The codecs, in order of preference. */
export function codecReport(): CodecReport {
  const of = (kind: 'audio' | 'video') => ({
    send: names(RTCRtpSender.getCapabilities(kind)),
    receive: names(RTCRtpReceiver.getCapabilities(kind)),
  });
  return { audio: of('audio'), video: of('video') };
}

/** The interfaces as the system has them, and the candidates that come of them. */
export async function networkReport(timeout: number): Promise<NetworkReport> {
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ family, address, internal }) => ({ name, family, address, internal })),
  );
  using connection = new RTCPeerConnection();
  const { candidates } = await gather(connection, timeout);
  return { interfaces, candidates: candidates.filter(({ protocol }) => protocol === 'udp') };
}
