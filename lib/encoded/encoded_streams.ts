/**
 * Chromium's `createEncodedStreams()`: the frames of a sender or receiver as streams on the thread of the connection. It
 * is what browsers had before `RTCRtpScriptTransform`, and there is code that uses it.
 */
import type { ReadableStream, WritableStream } from 'node:stream/web';
import { native } from '../native';
import type { RTCEncodedFrame } from './frame_kinds';
import { FrameStreams, MAX_WAITING } from './frame_streams';
import type { TransformHost } from './transform_attribute';

/** What `createEncodedStreams()` gives. */
export interface RTCInsertableStreams {
  /** The frames, as they come. */
  readable: ReadableStream<RTCEncodedFrame>;
  /** Takes frames that are to go on: those of `readable`, copies of them, or frames of another sender or receiver. */
  writable: WritableStream<RTCEncodedFrame>;
}

/**
 * @param hasTransform whether the sender or receiver has a `transform`
 * @throws DOMException `InvalidStateError` when there are streams, or a transform, already
 */
export function createEncodedStreams(host: TransformHost, hasTransform: boolean, prefix: string): RTCInsertableStreams {
  const { state, side } = host;
  const fail = (message: string): never => {
    throw new DOMException(`${prefix}: ${message}`, 'InvalidStateError');
  };
  if (state.encodedStreams[side]) fail('The streams have been created already.');
  if (hasTransform) fail('There is a transform.');
  const transform = native.createScriptTransform({ maxQueueLength: MAX_WAITING });
  const transformer = native.adoptScriptTransform(transform.release());
  if (transformer === null) return fail('The addon has no room for it.');
  const streams = new FrameStreams(transformer, false);
  state.encodedStreams[side] = true;
  state.handle[side].setTransform(transform);
  const end = (): void => {
    state.stopListeners.delete(end);
    streams.close();
  };
  // It also keeps the streams alive, as long as frames may come.
  if (state.stopping) end();
  else state.stopListeners.add(end);
  return { readable: streams.readable, writable: streams.writable };
}
