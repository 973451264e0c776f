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

/** Section 4.3.2. Without transports the state is `new`. */
export function deriveIceGatheringState(transports: readonly NativeIceGatheringState[]): RTCIceGatheringState {
  if (transports.some((state) => state === 'gathering')) return 'gathering';
  if (transports.length > 0 && transports.every((state) => state === 'complete')) return 'complete';
  return 'new';
}

/** Section 4.3.4; `closed` comes from the connection itself and is not derived here. */
export function deriveIceConnectionState(transports: readonly NativeIceTransportState[]): RTCIceConnectionState {
  const any = (...states: NativeIceTransportState[]) => transports.some((state) => states.includes(state));
  const all = (...states: NativeIceTransportState[]) => transports.every((state) => states.includes(state));
  // The conditions are tried in the order of the specification's table; the first that holds counts.
  if (any('failed')) return 'failed';
  if (any('disconnected')) return 'disconnected';
  if (all('new', 'closed')) return 'new';
  if (any('new', 'checking')) return 'checking';
  if (all('completed', 'closed')) return 'completed';
  return 'connected';
}

/** Section 4.3.3; `closed` comes from the connection itself and is not derived here. */
export function derivePeerConnectionState(
  iceTransports: readonly NativeIceTransportState[],
  dtlsTransports: readonly NativeDtlsTransportState[],
): RTCPeerConnectionState {
  const anyIce = (...states: NativeIceTransportState[]) => iceTransports.some((state) => states.includes(state));
  const anyDtls = (...states: NativeDtlsTransportState[]) => dtlsTransports.some((state) => states.includes(state));
  const all = (...states: string[]) =>
    iceTransports.every((state) => states.includes(state)) && dtlsTransports.every((state) => states.includes(state));
  if (anyIce('failed') || anyDtls('failed')) return 'failed';
  if (anyIce('disconnected')) return 'disconnected';
  if (all('new', 'closed')) return 'new';
  if (anyIce('new', 'checking') || anyDtls('new', 'connecting')) return 'connecting';
  return 'connected';
}
