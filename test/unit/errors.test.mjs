// RTCError, and how the addon's errors become exceptions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import native from '../../dist/errors/native_error.js';
import rtcError from '../../dist/errors/RTCError.js';

const { RTCError } = rtcError;

test('RTCError is a DOMException named OperationError with details', () => {
  const error = new RTCError({ errorDetail: 'sctp-failure', sctpCauseCode: 12 }, 'gone');
  assert.ok(error instanceof DOMException);
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'OperationError');
  assert.equal(error.code, 0);
  assert.equal(error.message, 'gone');
  assert.equal(error.errorDetail, 'sctp-failure');
  assert.equal(error.sctpCauseCode, 12);
  assert.equal(error.sdpLineNumber, null);
  assert.equal(error.receivedAlert, null);
  assert.equal(error.sentAlert, null);
  assert.equal(Object.prototype.toString.call(error), '[object RTCError]');
  assert.equal(RTCError.length, 1);
  assert.match(error.stack, /errors\.test\.mjs/);
});

test('RTCError validates its arguments', () => {
  assert.throws(() => new RTCError(), TypeError);
  assert.throws(() => new RTCError({}), TypeError);
  assert.throws(() => new RTCError({ errorDetail: 'none' }), TypeError);
});

function nativeError(fields) {
  return Object.assign(new Error('message'), { detail: 'none' }, fields);
}

test('native errors map to the exceptions that browsers give', () => {
  const names = {
    SYNTAX_ERROR: 'SyntaxError',
    INVALID_MODIFICATION: 'InvalidModificationError',
    INVALID_PARAMETER: 'InvalidAccessError',
    INVALID_STATE: 'InvalidStateError',
    NETWORK_ERROR: 'NetworkError',
    UNSUPPORTED_OPERATION: 'OperationError',
    RESOURCE_EXHAUSTED: 'OperationError',
    INTERNAL_ERROR: 'OperationError',
  };
  for (const [type, name] of Object.entries(names)) {
    const error = native.exceptionFrom(nativeError({ type }));
    assert.ok(error instanceof DOMException, type);
    assert.equal(error.name, name);
    assert.equal(error.message, 'message');
  }
  assert.ok(native.exceptionFrom(nativeError({ type: 'INVALID_RANGE' })) instanceof RangeError);
  const syntax = native.exceptionFrom(
    nativeError({ type: 'SYNTAX_ERROR', detail: 'sdp-syntax-error', sdpLineNumber: 3 }),
  );
  assert.ok(syntax instanceof RTCError);
  assert.equal(syntax.sdpLineNumber, 3);
  const other = new TypeError('other');
  assert.equal(native.exceptionFrom(other), other);
  assert.throws(
    () =>
      native.withExceptions(() => {
        throw nativeError({ type: 'INVALID_STATE' });
      }),
    { name: 'InvalidStateError' },
  );
});
