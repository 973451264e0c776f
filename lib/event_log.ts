/** libwebrtc's event log of a connection, into a file. */
import { closeSync, openSync, type PathLike } from 'node:fs';
import { isConnection, nativeConnection, type RTCPeerConnection } from './peerconnection/RTCPeerConnection';
import { dictionary, enforceRange, interfaceType, operation } from './webidl';

/** Options of {@link startEventLog}. */
export interface EventLogOptions {
  /** Bytes that the file has at most; the log ends there, with a whole event. Without a limit by default. */
  maxSize?: number;
  /** Milliseconds between two times at which events are written: what a crash can cost. 1000 by default. */
  outputPeriod?: number;
}

interface ConvertedOptions {
  maxSize: number;
  outputPeriod: number;
}

const eventLogOptions = dictionary<ConvertedOptions>('EventLogOptions', {
  maxSize: { type: enforceRange.longLong, default: 0 },
  outputPeriod: { type: enforceRange.unsignedLong, default: 1000 },
});

const START = operation('node-libwebrtc', 'startEventLog');
const STOP = operation('node-libwebrtc', 'stopEventLog');
const connectionType = interfaceType<RTCPeerConnection>('RTCPeerConnection', (value) => isConnection(value));

/** Connections whose log is on. */
const logging = new WeakSet<RTCPeerConnection>();

/**
 * Starts to write a connection's RTC event log: each RTP packet's header, each RTCP report, bandwidth estimates, probes,
 * ICE checks and state changes, with their times. No media and no addresses are in it. The format is that of the logs
 * which Chromium's `chrome://webrtc-internals` writes, and the same viewers open it.
 *
 * The log ends with {@link stopEventLog}, with `close()`, or at `maxSize`. It is there for connections of media; a data
 * channel alone leaves little in it but the way the connection came about. Outside the specifications.
 *
 * @param connection an open connection
 * @param path the file, which is made or emptied
 * @param options size and period
 * @throws TypeError when an argument does not convert
 * @throws DOMException `InvalidStateError` when the connection is closed or its log is on already
 * @throws Error Node's own, with `code` and `path`, when the file cannot be opened
 */
export function startEventLog(connection: RTCPeerConnection, path: PathLike, options: EventLogOptions = {}): void {
  START.requireArguments(arguments.length, 2);
  const of = connectionType(connection, START.parameter(1));
  const { maxSize, outputPeriod } = eventLogOptions(options, START.parameter(3));
  if (maxSize < 0) throw new TypeError(`${START.parameter(3)}: maxSize is negative.`);
  if (of.signalingState === 'closed') {
    throw new DOMException(`${START.prefix}: The connection is closed.`, 'InvalidStateError');
  }
  if (logging.has(of)) throw new DOMException(`${START.prefix}: The log is on already.`, 'InvalidStateError');
  const descriptor = openSync(path, 'w');
  if (!nativeConnection(of).startEventLog(descriptor, maxSize, outputPeriod)) {
    closeSync(descriptor);
    throw new DOMException(`${START.prefix}: The file cannot be written.`, 'OperationError');
  }
  logging.add(of);
}

/**
 * Ends a connection's event log. The file is complete when it returns. Does nothing when the log is off.
 *
 * @param connection the connection
 * @throws TypeError when it is no connection
 */
export function stopEventLog(connection: RTCPeerConnection): void {
  STOP.requireArguments(arguments.length, 1);
  const of = connectionType(connection, STOP.parameter(1));
  if (logging.delete(of)) nativeConnection(of).stopEventLog();
}
