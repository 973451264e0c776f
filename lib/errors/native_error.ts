/** From the addon's errors to the specification's exceptions. */
import type { NativeError, NativeErrorType } from '../native';
import { RTCError } from './RTCError';

/** Names of the `DOMException`s that libwebrtc's error types stand for, as browsers built on libwebrtc map them. */
const names: Record<Exclude<NativeErrorType, 'INVALID_RANGE'>, string> = {
  SYNTAX_ERROR: 'SyntaxError',
  INVALID_MODIFICATION: 'InvalidModificationError',
  INVALID_PARAMETER: 'InvalidAccessError',
  INVALID_STATE: 'InvalidStateError',
  NETWORK_ERROR: 'NetworkError',
  UNSUPPORTED_OPERATION: 'OperationError',
  UNSUPPORTED_PARAMETER: 'OperationError',
  RESOURCE_EXHAUSTED: 'OperationError',
  INTERNAL_ERROR: 'OperationError',
  OPERATION_ERROR_WITH_DATA: 'OperationError',
};

function isNativeError(error: unknown): error is NativeError {
  if (!(error instanceof Error)) return false;
  const { type } = error as Partial<NativeError>;
  return type === 'INVALID_RANGE' || (typeof type === 'string' && Object.hasOwn(names, type));
}

/**
 * An `RTCError` from the addon's error. `detail` stands in where the addon knows none.
 */
export function rtcErrorFrom(error: NativeError, detail: RTCError['errorDetail']): RTCError {
  const { sdpLineNumber, sctpCauseCode } = error;
  return new RTCError(
    {
      errorDetail: error.detail === 'none' ? detail : error.detail,
      ...(sdpLineNumber === undefined ? {} : { sdpLineNumber }),
      ...(sctpCauseCode === undefined ? {} : { sctpCauseCode }),
    },
    error.message,
  );
}

/**
 * The exception that scripts see for what the addon threw or passed to a callback: an {@link RTCError} where
 * libwebrtc gives a detail, a `RangeError` for `INVALID_RANGE`, a `DOMException` otherwise. What is no error of the
 * addon comes back unchanged.
 */
export function exceptionFrom(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  if (error.detail !== 'none') return rtcErrorFrom(error, error.detail);
  if (error.type === 'INVALID_RANGE') return new RangeError(error.message);
  return new DOMException(error.message, names[error.type]);
}

/** Calls into the addon and turns what it throws into the specification's exceptions. */
export function withExceptions<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw exceptionFrom(error);
  }
}
