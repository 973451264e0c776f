/** Gathers the candidates of a connection that will never be connected. */
import type { RTCIceCandidate, RTCPeerConnection, RTCPeerConnectionIceErrorEvent } from '../../index';
import type { CandidateReport } from './report';

/** What has been gathered. */
export interface Gathered {
  candidates: CandidateReport[];
  /** Milliseconds until the first candidate that `wanted` holds for. */
  time: number | null;
  errors: { code: number; text: string; url: string }[];
  /** Whether gathering ended by itself rather than by the time limit. */
  complete: boolean;
}

function inShort({ type, protocol, address, port, relayProtocol }: RTCIceCandidate): CandidateReport {
  return {
    type: type ?? 'unknown',
    protocol: protocol ?? 'unknown',
    address: address ?? '',
    port: port ?? 0,
    ...(relayProtocol === null ? {} : { relayProtocol }),
  };
}

/** Resolves when gathering is complete, when the first candidate wanted is there, or after `timeout` milliseconds. */
export async function gather(
  connection: RTCPeerConnection,
  timeout: number,
  wanted: (candidate: RTCIceCandidate) => boolean = () => false,
): Promise<Gathered> {
  const result: Gathered = { candidates: [], time: null, errors: [], complete: false };
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const done = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
    connection.onicecandidateerror = ({ errorCode, errorText, url }: RTCPeerConnectionIceErrorEvent) => {
      if (result.errors.some(({ code, text }) => code === errorCode && text === errorText)) return;
      result.errors.push({ code: errorCode, text: errorText, url });
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) {
        result.complete = true;
        resolve();
      } else if (candidate.candidate !== '') {
        result.candidates.push(inShort(candidate));
        if (!wanted(candidate)) return;
        result.time = performance.now() - start;
        resolve();
      }
    };
  });
  try {
    connection.createDataChannel('doctor');
    await connection.setLocalDescription();
    await done;
    return result;
  } finally {
    clearTimeout(timer);
    connection.onicecandidate = null;
    connection.onicecandidateerror = null;
  }
}
