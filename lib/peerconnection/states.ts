/**
 * The three states of a connection that follow from the states of its transports. Implements webrtc-pc, sections 4.3.2
 * (RTCIceGatheringState), 4.3.3 (RTCPeerConnectionState) and 4.3.4 (RTCIceConnectionState).
 */
import type { NativeDtlsTransportState, NativeIceGatheringState, NativeIceTransportState } from '../native';

/** State of the gathering of candidates, of the whole connection. */
export type RTCIceGatheringState = 'new' | 'gathering' | 'complete';
/** State of the ICE transports together. */
export type RTCIceConnectionState =
  'closed' | 'failed' | 'disconnected' | 'new' | 'checking' | 'completed' | 'connected';
/** State of the ICE and DTLS transports together. */
export type RTCPeerConnectionState = 'closed' | 'failed' | 'disconnected' | 'new' | 'connecting' | 'connected';

// These run for each change of each transport, so they make no lists of their own.

function any<T>(transports: readonly T[], states: readonly T[]): boolean {
  return transports.some((state) => states.includes(state));
}

function all<T>(transports: readonly T[], states: readonly T[]): boolean {
  return transports.every((state) => states.includes(state));
}

const FAILED: readonly ['failed'] = ['failed'];
const DISCONNECTED: readonly ['disconnected'] = ['disconnected'];
const NEW_OR_CLOSED: readonly ['new', 'closed'] = ['new', 'closed'];
const NEW_OR_CHECKING: readonly ['new', 'checking'] = ['new', 'checking'];
const NEW_OR_CONNECTING: readonly ['new', 'connecting'] = ['new', 'connecting'];
const COMPLETED_OR_CLOSED: readonly ['completed', 'closed'] = ['completed', 'closed'];

/** Section 4.3.2. Without transports the state is `new`. */
export function deriveIceGatheringState(transports: readonly NativeIceGatheringState[]): RTCIceGatheringState {
  if (transports.includes('gathering')) return 'gathering';
  if (transports.length > 0 && transports.every((state) => state === 'complete')) return 'complete';
  return 'new';
}

/** Section 4.3.4; `closed` comes from the connection itself and is not derived here. */
export function deriveIceConnectionState(transports: readonly NativeIceTransportState[]): RTCIceConnectionState {
  // The conditions are tried in the order of the specification's table; the first that holds counts.
  if (any(transports, FAILED)) return 'failed';
  if (any(transports, DISCONNECTED)) return 'disconnected';
  if (all(transports, NEW_OR_CLOSED)) return 'new';
  if (any(transports, NEW_OR_CHECKING)) return 'checking';
  if (all(transports, COMPLETED_OR_CLOSED)) return 'completed';
  return 'connected';
}

/** Section 4.3.3; `closed` comes from the connection itself and is not derived here. */
export function derivePeerConnectionState(
  iceTransports: readonly NativeIceTransportState[],
  dtlsTransports: readonly NativeDtlsTransportState[],
): RTCPeerConnectionState {
  if (any(iceTransports, FAILED) || any(dtlsTransports, FAILED)) return 'failed';
  if (any(iceTransports, DISCONNECTED)) return 'disconnected';
  if (all(iceTransports, NEW_OR_CLOSED) && all(dtlsTransports, NEW_OR_CLOSED)) return 'new';
  if (any(iceTransports, NEW_OR_CHECKING) || any(dtlsTransports, NEW_OR_CONNECTING)) return 'connecting';
  return 'connected';
}
