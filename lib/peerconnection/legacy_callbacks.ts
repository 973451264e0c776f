/** Callbacks in place of promises. Implements webrtc-pc, section 4.4.3 (legacy interface extensions). */
import { callbackFunction, invokeCallback, type Operation } from '../webidl';
import type { RTCSessionDescriptionInit } from './RTCSessionDescription';

/** Takes the created description. */
export type RTCSessionDescriptionCallback = (description: RTCSessionDescriptionInit) => void;
/** Takes what the promise would be rejected with. */
export type RTCPeerConnectionErrorCallback = (error: DOMException) => void;
/** Is told of success. */
export type VoidFunction = () => void;

type Callback = (value: unknown) => void;

/** The callbacks among the arguments, converted; the first of them is at `index` (from 0). */
export function callbacksAt(args: readonly unknown[], index: number, operation: Operation): [Callback, Callback] {
  const convert = (at: number) => callbackFunction<Callback>('callback')(args[at], operation.parameter(at + 1));
  return [convert(index), convert(index + 1)];
}

/** Hands the outcome of `p` to the callbacks; the promise that the legacy method returns is fulfilled in any case. */
export function settleByCallbacks<T>(p: Promise<T>, [success, failure]: [Callback, Callback]): Promise<undefined> {
  p.then(
    (value) => invokeCallback(success, value),
    (error: unknown) => invokeCallback(failure, error),
  );
  return Promise.resolve(undefined);
}
