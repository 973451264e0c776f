// The specification's steps of RTCDataChannel, over a handle that records what it is told.
import assert from 'node:assert/strict';
import { setImmediate as nextTask } from 'node:timers/promises';
import { test } from 'node:test';
import dataChannel from '../../dist/datachannel/RTCDataChannel.js';
import errorEvent from '../../dist/errors/RTCErrorEvent.js';
import sctp from '../../dist/errors/RTCError.js';

const { RTCDataChannel, announceOpen, closeAbruptly, createDataChannel } = dataChannel;

function makeChannel({ maxMessageSize = 262_144, open = true } = {}) {
  const handle = {
    label: 'label',
    protocol: '',
    ordered: true,
    maxPacketLifeTime: null,
    maxRetransmits: null,
    negotiated: false,
    id: null,
    priority: 'low',
    sent: [],
    closes: 0,
    send(data) {
      this.sent.push(typeof data === 'string' ? data : Buffer.from(data.buffer ?? data).toString());
    },
    close() {
      this.closes++;
    },
  };
  const closed = [];
  const channel = createDataChannel(handle, {
    maxMessageSize: () => maxMessageSize,
    dataChannelOpened: () => undefined,
    dataChannelClosed: (which) => closed.push(which),
  });
  const { sink } = handle;
  if (open) sink.open();
  return { channel, handle, sink, closed };
}

const bytes = (text) => new TextEncoder().encode(text).buffer;

test('an illegal constructor, and members that look native', () => {
  assert.throws(() => new RTCDataChannel(), { name: 'TypeError', message: 'Illegal constructor' });
  const { channel } = makeChannel();
  assert.equal(Object.prototype.toString.call(channel), '[object RTCDataChannel]');
  assert.equal(RTCDataChannel.prototype.send.length, 1);
  for (const name of ['label', 'send', 'close', 'onmessage', 'binaryType', 'priority']) {
    assert.ok(Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, name).enumerable, name);
  }
  assert.throws(() => Reflect.get(RTCDataChannel.prototype, 'label'), TypeError);
});

test('the state changes in the task of its event', () => {
  const { channel, handle, sink, closed } = makeChannel({ open: false });
  const states = [];
  for (const type of ['open', 'closing', 'close']) {
    channel.addEventListener(type, () => states.push([type, channel.readyState]));
  }
  assert.equal(channel.readyState, 'connecting');
  handle.id = 5;
  sink.open();
  sink.open();
  assert.equal(channel.id, 5);
  sink.closing();
  sink.closed(null);
  sink.closed(null);
  assert.deepEqual(states, [
    ['open', 'open'],
    ['closing', 'closing'],
    ['close', 'closed'],
  ]);
  assert.deepEqual(closed, [channel]);
  handle.id = null;
  assert.equal(channel.id, 5);
});

test('a channel from the remote peer is open at datachannel, and open follows unless it was closed', () => {
  const { channel } = makeChannel({ open: false });
  const order = [];
  channel.onopen = () => order.push('open');
  announceOpen(channel, () => order.push(`datachannel ${channel.readyState}`));
  assert.deepEqual(order, ['datachannel open', 'open']);
  const other = makeChannel({ open: false });
  other.channel.onopen = () => assert.fail('closed in datachannel');
  announceOpen(other.channel, () => other.channel.close());
  assert.equal(other.channel.readyState, 'closing');
});

test('close: no closing event on this side, one native call', () => {
  const { channel, handle, sink } = makeChannel();
  channel.onclosing = () => assert.fail('only the other side gets closing');
  channel.close();
  channel.close();
  assert.equal(channel.readyState, 'closing');
  assert.equal(handle.closes, 1);
  sink.closing();
  sink.closed(null);
  assert.equal(channel.readyState, 'closed');
});

test('error comes before close', () => {
  const { channel, sink } = makeChannel();
  const events = [];
  channel.onerror = (event) => events.push(event);
  channel.onclose = (event) => events.push(event);
  sink.closed(
    Object.assign(new Error('reset'), {
      type: 'OPERATION_ERROR_WITH_DATA',
      detail: 'sctp-failure',
      sctpCauseCode: 12,
    }),
  );
  assert.deepEqual(
    events.map((event) => event.type),
    ['error', 'close'],
  );
  assert.ok(events[0] instanceof errorEvent.RTCErrorEvent);
  assert.ok(events[0].error instanceof sctp.RTCError);
  assert.equal(events[0].error.errorDetail, 'sctp-failure');
  assert.equal(events[0].error.sctpCauseCode, 12);
});

test('closing the connection closes without events', () => {
  const { channel, handle, sink, closed } = makeChannel();
  channel.onclose = channel.onerror = channel.onclosing = () => assert.fail('no event');
  closeAbruptly(channel);
  assert.equal(channel.readyState, 'closed');
  assert.equal(handle.sink, undefined);
  assert.equal(closed.length, 1);
  sink.closed(null);
});

test('send: conversions', () => {
  const { channel, handle } = makeChannel();
  channel.send('text');
  channel.send(null);
  channel.send(12);
  channel.send({ toString: () => 'object' });
  channel.send(bytes('buffer'));
  channel.send(new Uint8Array(bytes('view')));
  channel.send(new DataView(bytes('data')));
  assert.deepEqual(handle.sent, ['text', 'null', '12', 'object', 'buffer', 'view', 'data']);
  assert.throws(() => channel.send(), {
    name: 'TypeError',
    message: "Failed to execute 'send' on 'RTCDataChannel': 1 argument required, but only 0 present.",
  });
  assert.throws(() => channel.send(Symbol('s')), TypeError);
  assert.throws(() => channel.send(new SharedArrayBuffer(1)), TypeError);
  assert.throws(() => channel.send(new Uint8Array(new SharedArrayBuffer(1))), TypeError);
  assert.throws(() => RTCDataChannel.prototype.send.call({}, 'x'), TypeError);
});

test('send: errors', () => {
  const { channel, handle, sink } = makeChannel({ open: false, maxMessageSize: 10 });
  const isInvalidState = (error) => error instanceof DOMException && error.name === 'InvalidStateError';
  assert.throws(() => channel.send('x'), isInvalidState);
  sink.open();
  channel.send('0123456789');
  assert.throws(() => channel.send('01234567890'), TypeError);
  assert.throws(() => channel.send('€€€€'), TypeError);
  assert.equal(channel.bufferedAmount, 10);
  channel.close();
  assert.throws(() => channel.send('x'), isInvalidState);
  assert.equal(handle.sent.length, 1);
});

test('send: a full buffer is an OperationError and changes nothing', () => {
  const { channel, sink } = makeChannel({ maxMessageSize: Infinity });
  const half = new ArrayBuffer(8 * 1024 * 1024);
  channel.send(half);
  channel.send(half);
  assert.throws(() => channel.send('x'), { name: 'OperationError' });
  channel.send('');
  assert.equal(channel.bufferedAmount, 16 * 1024 * 1024);
  sink.sent(1);
  channel.send('x');
});

test('bufferedAmount counts bytes, is lowered by tasks and survives closing', () => {
  const { channel, sink } = makeChannel();
  channel.send('€');
  channel.send(new Uint8Array(4));
  assert.equal(channel.bufferedAmount, 7);
  sink.sent(3);
  assert.equal(channel.bufferedAmount, 4);
  sink.closed(null);
  assert.equal(channel.bufferedAmount, 4);
});

test('bufferedamountlow is fired on crossing the threshold only', () => {
  const { channel, sink } = makeChannel();
  let fired = 0;
  channel.onbufferedamountlow = () => fired++;
  assert.equal(channel.bufferedAmountLowThreshold, 0);
  channel.bufferedAmountLowThreshold = 10;
  channel.send(new Uint8Array(30));
  sink.sent(10);
  assert.equal(fired, 0);
  sink.sent(10);
  assert.equal(fired, 1);
  sink.sent(5);
  assert.equal(fired, 1);
  for (const value of [-1, 2 ** 32, NaN, 'x']) {
    assert.throws(() => {
      channel.bufferedAmountLowThreshold = value;
    }, TypeError);
  }
  assert.equal(channel.bufferedAmountLowThreshold, 10);
});

test('Blobs keep their place among other sends, and data is copied at the call', async () => {
  const { channel, handle } = makeChannel();
  const view = new Uint8Array(bytes('second'));
  channel.send(new Blob(['first']));
  channel.send(view);
  view.fill(0);
  channel.send(new Blob(['third']));
  channel.send('fourth');
  assert.equal(channel.bufferedAmount, 22);
  channel.close();
  assert.equal(handle.closes, 0);
  while (handle.closes === 0) await nextTask();
  assert.deepEqual(handle.sent, ['first', 'second', 'third', 'fourth']);
});

test('after a Blob has gone, sends are direct again', async () => {
  const { channel, handle } = makeChannel();
  channel.send(new Blob(['a']));
  while (handle.sent.length < 1) await nextTask();
  await nextTask();
  channel.send('b');
  assert.deepEqual(handle.sent, ['a', 'b']);
});

test('what waits behind a Blob is dropped when the channel closes', async () => {
  const { channel, handle, sink } = makeChannel();
  channel.send(new Blob(['a']));
  channel.send('b');
  sink.closed(null);
  for (let turn = 0; turn < 10; turn++) await nextTask();
  assert.deepEqual(handle.sent, []);
});

test('a Blob that cannot be read ends the channel with an error', async () => {
  const { channel, handle } = makeChannel();
  const blob = new Blob(['a']);
  Object.defineProperty(blob, 'arrayBuffer', { value: () => Promise.reject(new Error('gone')) });
  const error = new Promise((resolve) => {
    channel.onerror = (event) => resolve(event.error);
  });
  channel.send(blob);
  channel.send('b');
  assert.equal((await error).errorDetail, 'data-channel-failure');
  await nextTask();
  assert.deepEqual(handle.sent, []);
  assert.equal(handle.closes, 1);
});

test('message events are MessageEvents', () => {
  const { channel, sink } = makeChannel();
  const events = [];
  channel.onmessage = (event) => events.push(event);
  sink.messages(['', 'text', bytes('binary')]);
  const [empty, text, binary] = events;
  assert.ok(text instanceof MessageEvent);
  assert.ok(text instanceof Event);
  assert.equal(Object.prototype.toString.call(text), '[object MessageEvent]');
  assert.equal(text.constructor, MessageEvent);
  assert.deepEqual(
    [text.type, text.data, text.origin, text.lastEventId, text.source, text.ports.length, text.bubbles],
    ['message', 'text', '', '', null, 0, false],
  );
  assert.equal(text.target, channel);
  assert.equal(empty.data, '');
  assert.ok(binary.data instanceof ArrayBuffer);
});

test('binaryType', async () => {
  const { channel, sink } = makeChannel();
  assert.equal(channel.binaryType, 'arraybuffer');
  channel.binaryType = 'blob';
  for (const value of ['jellyfish', '', null, undefined, 54n]) {
    channel.binaryType = value;
    assert.equal(channel.binaryType, 'blob');
  }
  const received = [];
  channel.onmessage = ({ data }) => received.push(data);
  sink.messages([bytes('one'), 'two', bytes('three')]);
  assert.ok(received[0] instanceof Blob);
  assert.equal(received[1], 'two');
  assert.equal(await received[2].text(), 'three');
});

test('microtasks run between two messages of a batch', async () => {
  const { channel, sink } = makeChannel();
  const order = [];
  channel.addEventListener('message', async ({ data }) => {
    order.push(data);
    await null;
    await null;
    order.push(`${data}'`);
    process.nextTick(() => order.push(`${data}"`));
  });
  await nextTask();
  setImmediate(() => sink.messages(['a', 'b', 'c']));
  await nextTask();
  await nextTask();
  assert.deepEqual(order, ['a', "a'", 'a"', 'b', "b'", 'b"', 'c', "c'", 'c"']);
});

test('no message reaches a channel that a listener has closed', () => {
  const { channel, sink } = makeChannel();
  let count = 0;
  channel.onmessage = () => {
    count++;
    channel.close();
  };
  sink.messages(['a', 'b']);
  assert.equal(count, 1);
});

test('nothing is lost when nobody listens for a while', () => {
  const { channel, sink } = makeChannel();
  sink.messages(['early']);
  const received = [];
  channel.addEventListener('message', ({ data }) => received.push(data), { once: true });
  sink.messages(['a', 'b']);
  channel.onmessage = ({ data }) => received.push(data);
  sink.messages(['c']);
  assert.deepEqual(received, ['a', 'c']);
});

test('disposal closes', async () => {
  const { channel, sink } = makeChannel();
  channel[Symbol.dispose]();
  assert.equal(channel.readyState, 'closing');
  let done = false;
  const disposed = channel[Symbol.asyncDispose]().then(() => {
    done = true;
  });
  await nextTask();
  assert.equal(done, false);
  sink.closed(null);
  await disposed;
});
