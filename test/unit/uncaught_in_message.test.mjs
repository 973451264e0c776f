// A listener that throws: the process hears of it, and the messages behind it still arrive, in order.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = `
  const { createDataChannel } = require(${JSON.stringify(
    fileURLToPath(new URL('../../dist/datachannel/RTCDataChannel.js', import.meta.url)),
  )});
  const handle = { id: 1 };
  const channel = createDataChannel(handle, {
    maxMessageSize: () => 1,
    dataChannelOpened() {},
    dataChannelClosed() {},
  });
  const { sink } = handle;
  const order = [];
  process.on('uncaughtException', (error) => order.push('! ' + error.message));
  channel.onmessage = ({ data }) => {
    order.push(data);
    if (data === 'b' || data === 'c') throw new Error(data);
  };
  channel.onclose = () => order.push('close');
  sink.open();
  setImmediate(() => {
    sink.messages(['a', 'b', 'c', 'd']);
  });
  setImmediate(() => {
    sink.messages(['e']);
    sink.closed(null);
  });
  process.on('exit', () => process.stdout.write(order.join(',')));
`;

test('messages behind one whose listener throws are delivered in order', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(stdout, 'a,b,! b,c,! c,d,e,close');
  assert.equal(status, 0);
});
