/** What `send()` takes, seen as Web IDL's overload resolution sees it. */
import { types } from 'node:util';

/** A message ready for the transport, or a `Blob` still to be read, with its length in bytes. */
export interface OutgoingMessage {
  readonly data: ArrayBuffer | ArrayBufferView | Blob | string;
  /** Bytes of payload; UTF-8 for a string. */
  readonly size: number;
}

/**
 * The member of the union (`Blob`, `ArrayBuffer`, `ArrayBufferView`) that an object is, or `null`, in which case the
 * overload for strings takes it.
 * @throws TypeError for shared memory, which none of the overloads allows.
 */
export function binaryData(value: unknown, context: string): ArrayBuffer | ArrayBufferView | Blob | null {
  if (typeof value !== 'object' || value === null) return null;
  if (ArrayBuffer.isView(value)) {
    if (types.isSharedArrayBuffer(value.buffer)) {
      throw new TypeError(`${context} is a view of shared memory, which is not allowed.`);
    }
    return value;
  }
  if (types.isArrayBuffer(value)) return value;
  if (value instanceof Blob) return value;
  if (types.isSharedArrayBuffer(value)) throw new TypeError(`${context} is shared memory, which is not allowed.`);
  return null;
}
