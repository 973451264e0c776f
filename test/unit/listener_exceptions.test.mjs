// What a listener throws is an uncaught exception of the process, and harms nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const connected = `
  import { RTCPeerConnection } from 'node-libwebrtc';
  const options = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
  const a = new RTCPeerConnection(options);
  const b = new RTCPeerConnection(options);
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  const near = a.createDataChannel('x');
  const far = new Promise((resolve) => { b.ondatachannel = ({ channel }) => resolve(channel); });
  const opened = new Promise((resolve) => { near.onopen = resolve; });
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  await opened;
`;

function run(program) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', connected + program], {
    encoding: 'utf8',
    timeout: 30_000,
    cwd: import.meta.dirname,
  });
}

test('messages behind one whose listener throws are delivered', () => {
  const { stdout, stderr, status, signal } = run(`
    const order = [];
    process.on('uncaughtException', (error) => order.push('!' + error.message));
    (await far).onmessage = ({ data }) => {
      order.push(data);
      if (data % 3 === 0) throw new Error(data);
      if (data === '9') return;
      if (data === '10') {
        console.log(order.join(' '));
        a.close();
        b.close();
      }
    };
    for (let index = 1; index <= 10; index++) near.send(String(index));
  `);
  assert.equal(stderr, '');
  assert.equal(stdout, '1 2 3 !3 4 5 6 !6 7 8 9 !9 10\n');
  assert.deepEqual([status, signal], [0, null]);
});

test('without a handler the process ends as with any uncaught exception', () => {
  const { stderr, status, signal } = run(`
    (await far).onmessage = () => {
      throw new Error('from a listener');
    };
    for (let index = 1; index <= 10; index++) near.send(String(index));
  `);
  assert.match(stderr, /Error: from a listener/);
  assert.deepEqual([status, signal], [1, null]);
});
