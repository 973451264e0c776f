/**
 * Notes what happens to a connection: calls by functions of its own that stand before those of its class, events by
 * listeners. A connection that is not watched has neither.
 */
import type { RTCDataChannel } from '../datachannel/RTCDataChannel';
import type { RTCDataChannelEvent } from '../datachannel/RTCDataChannelEvent';
import type { RTCErrorEvent } from '../errors/RTCErrorEvent';
import type { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCPeerConnectionIceErrorEvent } from '../peerconnection/RTCPeerConnectionIceErrorEvent';
import type { RTCPeerConnectionIceEvent } from '../peerconnection/RTCPeerConnectionIceEvent';
import type { RTCTrackEvent } from '../rtp/RTCTrackEvent';
import type { RTCIceTransport } from '../transport/RTCIceTransport';
import { withoutSecrets, type ConnectionRecord } from './record';

type Describe = (args: unknown[], connection: RTCPeerConnection) => string;

interface DescriptionLike {
  type?: string;
  sdp?: string;
}

/** As Chromium writes descriptions, so that readers of its dumps find them. */
function description(value: unknown): string {
  const { type, sdp } = (value ?? {}) as DescriptionLike;
  return type === undefined ? '' : `type: ${type}, sdp: ${sdp ?? ''}`;
}

interface CandidateLike {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
}

function candidate(value: unknown, more = ''): string {
  if (value === null || value === undefined) return '';
  const { candidate: line = '', sdpMid = null, sdpMLineIndex = null } = value as CandidateLike;
  return `sdpMid: ${sdpMid ?? ''}, sdpMLineIndex: ${sdpMLineIndex ?? ''}, candidate: ${line}${more}`;
}

function track(value: unknown): string {
  if (typeof value === 'string') return `kind: ${value}`;
  const { kind = '', id = '', label = '' } = (value ?? {}) as { kind?: string; id?: string; label?: string };
  return `kind: ${kind}, id: ${id}${label === '' ? '' : `, label: ${label}`}`;
}

/** JSON, or what can be told of a value that has none. */
function json(value: unknown): string {
  if (value === undefined) return '';
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** The calls that are noted, and how their arguments read. */
const calls: Record<string, Describe> = {
  createOffer: ([options]) => (typeof options === 'function' ? '' : json(options)),
  createAnswer: ([options]) => (typeof options === 'function' ? '' : json(options)),
  setLocalDescription: ([value]) => description(value),
  setRemoteDescription: ([value]) => description(value),
  addIceCandidate: ([value]) => candidate(value),
  setConfiguration: ([value]) => json(typeof value === 'object' && value !== null ? withoutSecrets(value) : value),
  restartIce: () => '',
  addTrack: ([value]) => track(value),
  removeTrack: () => '',
  addTransceiver: ([value, init]) => {
    const { direction } = (init ?? {}) as { direction?: string };
    return direction === undefined ? track(value) : `${track(value)}, direction: ${direction}`;
  },
  createDataChannel: ([label, init]) =>
    [`label: ${String(label)}`, json(init)].filter((part) => part !== '').join(', '),
  close: () => '',
};

const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Puts a function of the connection's own before one of its class. */
function noteCalls(connection: RTCPeerConnection, record: ConnectionRecord, name: string, describe: Describe): void {
  // The connection's class may be a subclass, or be changed later: what is called is found by then.
  const note = function (this: RTCPeerConnection, ...args: unknown[]): unknown {
    const original = Reflect.get(Object.getPrototypeOf(this) as object, name) as (...args: unknown[]) => unknown;
    record.add('call', name, describe(args, this));
    let result: unknown;
    try {
      result = original.apply(this, args);
    } catch (error) {
      record.add('failure', `${name}OnFailure`, describeError(error));
      throw error;
    }
    if (result instanceof Promise) noteResult(record, name, result);
    else if (name === 'createDataChannel') watchChannel(result as RTCDataChannel, record);
    record.update();
    return result;
  };
  Object.defineProperty(connection, name, { value: note, writable: true, enumerable: false, configurable: true });
}

function noteResult(record: ConnectionRecord, name: string, promise: Promise<unknown>): void {
  promise.then(
    (value) => {
      record.add('success', `${name}OnSuccess`, description(value));
      record.update();
    },
    (error: unknown) => {
      record.add('failure', `${name}OnFailure`, describeError(error));
    },
  );
}

function watchChannel(channel: RTCDataChannel, record: ConnectionRecord): void {
  const name = `label: ${channel.label}`;
  for (const type of ['open', 'closing', 'close']) {
    channel.addEventListener(type, () => {
      record.add('event', `datachannel ${type}`, channel.id === null ? name : `${name}, id: ${channel.id}`);
    });
  }
  channel.addEventListener('error', ({ error }: RTCErrorEvent) => {
    record.add('failure', 'datachannel error', `${name}, ${describeError(error)}`);
  });
}

/** Notes the pairs that the connection's transports select. */
function watchTransports(connection: RTCPeerConnection, record: ConnectionRecord, seen: WeakSet<object>): void {
  const dtls = [connection.sctp?.transport, ...connection.getSenders().map(({ transport }) => transport)];
  for (const transport of dtls) {
    const ice: RTCIceTransport | undefined = transport?.iceTransport;
    if (ice === undefined || seen.has(ice)) continue;
    seen.add(ice);
    const note = (): void => {
      const pair = ice.getSelectedCandidatePair();
      if (pair === null) return;
      record.add('event', 'selectedcandidatepairchange', `local: ${end(pair.local)}, remote: ${end(pair.remote)}`);
    };
    ice.addEventListener('selectedcandidatepairchange', note);
    note();
  }
}

function end({ type, protocol, address, port }: RTCPeerConnectionIceEvent['candidate'] & object): string {
  return `${type ?? ''} ${protocol ?? ''} ${address ?? ''}:${port ?? ''}`;
}

/** Watches a connection from now on. */
export function watch(connection: RTCPeerConnection, record: ConnectionRecord): void {
  for (const [name, describe] of Object.entries(calls)) noteCalls(connection, record, name, describe);

  const seen = new WeakSet<object>();
  const states: Record<string, (of: RTCPeerConnection) => string> = {
    signalingstatechange: (of) => of.signalingState,
    iceconnectionstatechange: (of) => of.iceConnectionState,
    icegatheringstatechange: (of) => of.iceGatheringState,
    connectionstatechange: (of) => of.connectionState,
  };
  // The listeners find the connection as the event's target: a reference of their own is not needed.
  for (const [type, stateOf] of Object.entries(states)) {
    connection.addEventListener(type, ({ target }) => {
      const of = target as RTCPeerConnection;
      record.add('state', type, stateOf(of));
      watchTransports(of, record, seen);
      record.update();
    });
  }
  connection.addEventListener('negotiationneeded', () => {
    record.add('event', 'negotiationneeded');
  });
  connection.addEventListener('icecandidate', ({ candidate: value }: RTCPeerConnectionIceEvent) => {
    const url = value?.url ?? null;
    record.add('event', 'icecandidate', candidate(value, url === null ? '' : `, url: ${url}`));
  });
  connection.addEventListener('icecandidateerror', (error: RTCPeerConnectionIceErrorEvent) => {
    const { url, address, port, errorCode, errorText } = error;
    const from = address === null ? '' : `, address: ${address}:${port ?? ''}`;
    record.add('failure', 'icecandidateerror', `url: ${url}${from}, error: ${errorCode} ${errorText}`);
  });
  connection.addEventListener('datachannel', ({ channel }: RTCDataChannelEvent) => {
    record.add('event', 'datachannel', `label: ${channel.label}`);
    watchChannel(channel, record);
    record.update();
  });
  connection.addEventListener('track', ({ track: value }: RTCTrackEvent) => {
    record.add('event', 'track', track(value));
    record.update();
  });
}
