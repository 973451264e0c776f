/** `AllowSharedBufferSource` and `transfer` of WebCodecs. */
import { types } from 'node:util';
import { isObject, type Converter } from '../webidl';

/** Memory that scripts give: a buffer, shared or not, or a view of one. */
export type BufferSourceLike = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** Converts an `AllowSharedBufferSource`. */
export const bufferSource: Converter<ArrayBuffer | ArrayBufferView> = (value, context) => {
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) {
    return value as ArrayBuffer | ArrayBufferView;
  }
  throw new TypeError(`${context} is not of type 'BufferSource'.`);
};

/** An `ArrayBuffer`, for `transfer`. */
export const arrayBuffer: Converter<ArrayBuffer> = (value, context) => {
  if (!types.isArrayBuffer(value)) throw new TypeError(`${context} is not of type 'ArrayBuffer'.`);
  return value;
};

/** Detaches the buffers, as "transfer" in the constructors asks. To be called when their data have been taken. */
export function detachAll(transfer: readonly ArrayBuffer[]): void {
  if (transfer.length > 0) structuredClone(null, { transfer: [...transfer] });
}

/** Throws a `DataCloneError` when a buffer is there twice, or is detached already. */
export function requireTransferable(transfer: readonly ArrayBuffer[]): void {
  if (transfer.length === 0) return;
  const detached = transfer.some((buffer) => isObject(buffer) && isDetached(buffer));
  if (detached || new Set(transfer).size !== transfer.length) {
    throw new DOMException('A buffer to transfer is detached, or there twice', 'DataCloneError');
  }
}

/** Whether the memory has been transferred to somebody else. */
export function isDetached(source: ArrayBuffer | SharedArrayBuffer | ArrayBufferView): boolean {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  if (types.isSharedArrayBuffer(buffer) || buffer.byteLength > 0) return false;
  try {
    // A view of a detached buffer cannot be made.
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** The data, copied out of shared memory, which others could change meanwhile. */
export function unshared(source: ArrayBuffer | SharedArrayBuffer | ArrayBufferView): ArrayBuffer | ArrayBufferView {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  if (!types.isSharedArrayBuffer(buffer)) return source as ArrayBuffer | ArrayBufferView;
  return bytesOf(source).slice();
}

/** Lets `write` fill the memory, by way of a copy if the memory is shared. */
export function intoUnshared(
  target: ArrayBuffer | SharedArrayBuffer | ArrayBufferView,
  write: (memory: ArrayBuffer | ArrayBufferView) => void,
): void {
  const copy = unshared(target);
  write(copy);
  if (copy !== target) bytesOf(target).set(bytesOf(copy));
}

function bytesOf(source: ArrayBuffer | SharedArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
