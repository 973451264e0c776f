// RTCDataChannel between two connections of this process.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RTCDataChannel, RTCError, RTCErrorEvent } from 'node-libwebrtc';
import { collect, connect, makePair, negotiate, once } from './support/pair.mjs';

for (const options of [{}, { negotiated: true, id: 7 }]) {
  describe(options.negotiated ? 'negotiated' : 'in-band', () => {
    test('attributes', async (t) => {
      const { near, far } = await connect(t, {
        ...options,
        ordered: false,
        maxRetransmits: 3,
        protocol: 'prötocol',
        priority: 'high',
      });
      for (const channel of [near, far]) {
        assert.ok(channel instanceof RTCDataChannel);
        const { label, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated } = channel;
        assert.deepEqual(
          { label, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated },
          {
            label: 'channel',
            ordered: false,
            maxRetransmits: 3,
            maxPacketLifeTime: null,
            protocol: 'prötocol',
            negotiated: options.negotiated === true,
          },
        );
        assert.equal(channel.id, near.id);
        assert.equal(channel.readyState, 'open');
      }
      assert.equal(near.priority, 'high');
      if (options.negotiated) assert.equal(near.id, 7);
    });

    test('every kind of message, in order', async (t) => {
      const { near, far } = await connect(t, options);
      const received = collect(far, 8);
      near.send('text');
      near.send(new Blob(['blob']));
      near.send('');
      near.send(new Uint8Array([1, 2, 3]).subarray(1));
      near.send(new ArrayBuffer(0));
      near.send(new Float64Array([0.5]));
      near.send('世界\ud800');
      near.send(Buffer.from('buffer'));
      const [text, blob, empty, view, emptyBuffer, doubles, unicode, buffer] = await received;
      assert.equal(text, 'text');
      assert.equal(Buffer.from(blob).toString(), 'blob');
      assert.equal(empty, '');
      assert.deepEqual(new Uint8Array(view), new Uint8Array([2, 3]));
      assert.ok(emptyBuffer instanceof ArrayBuffer);
      assert.equal(emptyBuffer.byteLength, 0);
      assert.deepEqual(new Float64Array(doubles), new Float64Array([0.5]));
      assert.equal(unicode, '世界\ufffd');
      assert.equal(Buffer.from(buffer).toString(), 'buffer');
    });

    test('both ends close', async (t) => {
      const { near, far } = await connect(t, options);
      const events = [];
      for (const [name, channel] of Object.entries({ near, far })) {
        for (const type of ['closing', 'close', 'error']) {
          channel.addEventListener(type, () => events.push(`${name} ${type} ${channel.readyState}`));
        }
      }
      near.close();
      assert.equal(near.readyState, 'closing');
      await Promise.all([once(near, 'close'), once(far, 'close')]);
      assert.deepEqual(events.sort(), ['far close closed', 'far closing closing', 'near close closed']);
    });

    test('closing the connection: nothing here, error and close there', async (t) => {
      const { a, near, far } = await connect(t, options);
      near.onclose = near.onerror = near.onclosing = () => assert.fail('no event');
      const events = [];
      far.onerror = (event) => {
        assert.ok(event instanceof RTCErrorEvent);
        assert.ok(event.error instanceof RTCError);
        assert.equal(event.error.errorDetail, 'sctp-failure');
        events.push('error');
      };
      far.addEventListener('close', () => events.push('close'));
      a.close();
      assert.equal(near.readyState, 'closed');
      await once(far, 'close');
      assert.deepEqual(events, ['error', 'close']);
    });
  });
}

test('messages up to maxMessageSize', async (t) => {
  const { a, near, far } = await connect(t);
  const { maxMessageSize } = a.sctp;
  const largest = new Uint8Array(maxMessageSize).map((_, index) => index);
  const received = collect(far, 2);
  near.send(largest);
  near.send('x'.repeat(maxMessageSize));
  const [binary, text] = await received;
  assert.equal(Buffer.compare(Buffer.from(binary), Buffer.from(largest)), 0);
  assert.equal(text.length, maxMessageSize);
  assert.throws(() => near.send(new Uint8Array(maxMessageSize + 1)), TypeError);
  assert.throws(() => near.send('x'.repeat(maxMessageSize + 1)), TypeError);
  assert.throws(() => near.send(new Blob([new Uint8Array(maxMessageSize + 1)])), TypeError);
});

test('100,000 messages each way at once, in order', async (t) => {
  const { near, far } = await connect(t);
  const count = 100_000;
  const pump = (channel) => {
    let next = 0;
    const push = () => {
      while (next < count && channel.bufferedAmount < 1 << 20) channel.send(String(next++));
    };
    channel.bufferedAmountLowThreshold = 1 << 18;
    channel.onbufferedamountlow = push;
    push();
  };
  const inOrder = (channel) =>
    new Promise((resolve, reject) => {
      let expected = 0;
      channel.onmessage = ({ data }) => {
        if (data !== String(expected)) reject(new Error(`${data} instead of ${expected}`));
        if (++expected === count) resolve();
      };
    });
  const done = [inOrder(near), inOrder(far)];
  pump(near);
  pump(far);
  await Promise.all(done);
});

test('bufferedAmount returns to 0 and bufferedamountlow fires once for one crossing', async (t) => {
  const { near, far } = await connect(t);
  far.onmessage = () => undefined;
  let fired = 0;
  near.bufferedAmountLowThreshold = 100_000;
  near.onbufferedamountlow = () => fired++;
  for (let index = 0; index < 50; index++) near.send(new Uint8Array(16_384));
  assert.equal(near.bufferedAmount, 50 * 16_384);
  while (near.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(fired, 1);
});

test('a full buffer refuses, and nothing that was taken is lost', async (t) => {
  const { near, far } = await connect(t);
  let bytes = 0;
  far.onmessage = ({ data }) => {
    bytes += data.byteLength;
  };
  const chunk = new Uint8Array(65_536);
  let sent = 0;
  assert.throws(
    () => {
      for (;;) {
        near.send(chunk);
        sent += chunk.length;
      }
    },
    (error) => error instanceof DOMException && error.name === 'OperationError',
  );
  assert.equal(sent, 16 * 1024 * 1024);
  near.close();
  await once(far, 'close');
  assert.equal(bytes, sent);
});

test('sending from bufferedamountlow does not recurse', async (t) => {
  const { near, far } = await connect(t);
  let rounds = 0;
  let depth = 0;
  const done = new Promise((resolve) => {
    near.onbufferedamountlow = () => {
      assert.equal(depth, 0);
      depth++;
      if (++rounds < 1000) near.send('x');
      else resolve();
      depth--;
    };
  });
  far.onmessage = () => undefined;
  near.send('x');
  await done;
});

test('a channel in datachannel is open, and open is fired after it', async (t) => {
  const pair = makePair(t);
  pair.a.createDataChannel('x');
  const order = [];
  const opened = new Promise((resolve) => {
    pair.b.ondatachannel = ({ channel }) => {
      order.push(`datachannel ${channel.readyState}`);
      channel.onopen = () => {
        order.push('open');
        resolve();
      };
    };
  });
  await negotiate(pair);
  await opened;
  assert.deepEqual(order, ['datachannel open', 'open']);
});

test('a message sent from datachannel arrives', async (t) => {
  const pair = makePair(t);
  const near = pair.a.createDataChannel('x');
  pair.b.ondatachannel = ({ channel }) => channel.send('at once');
  const received = collect(near, 1);
  await negotiate(pair);
  assert.deepEqual(await received, ['at once']);
});

test('a channel closed before the connection is there never opens', async (t) => {
  const pair = makePair(t);
  const early = pair.a.createDataChannel('early');
  early.onopen = () => assert.fail('it is closed');
  early.close();
  assert.equal(early.readyState, 'closing');
  const kept = pair.a.createDataChannel('kept');
  const opened = once(kept, 'open');
  await negotiate(pair);
  await opened;
});

test('many channels at once', async (t) => {
  const { a, b } = await connect(t);
  const labels = Array.from({ length: 100 }, (_, index) => `channel ${index}`);
  const seen = [];
  const all = new Promise((resolve) => {
    b.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        assert.equal(data, channel.label);
        seen.push(data);
        if (seen.length === labels.length) resolve();
      };
    };
  });
  for (const label of labels) {
    const channel = a.createDataChannel(label);
    channel.onopen = () => channel.send(label);
  }
  await all;
  assert.deepEqual(seen.sort(), labels.sort());
});
