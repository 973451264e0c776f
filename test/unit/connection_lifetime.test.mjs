// What holds the process, and how it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

const prelude = `
  const { RTCPeerConnection } = require('node-libwebrtc');
  const node = { includeLoopback: true, bindAddress: '127.0.0.1' };
  const make = () => new RTCPeerConnection({ node });
  async function connect(a = make(), b = make()) {
    for (const [from, to] of [[a, b], [b, a]]) {
      from.onicecandidate = ({ candidate }) => to.signalingState === 'closed' || to.addIceCandidate(candidate);
    }
    const channel = a.createDataChannel('');
    const open = new Promise((resolve) => (channel.onopen = resolve));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await open;
    return { a, b, channel };
  }
`;

/** Runs a script and gives how it ended; `null` as the code means that it ran into the limit. */
function run(script, limit = 10_000) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', prelude + script], { cwd, timeout: limit, killSignal: 'SIGKILL' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += `stderr: ${chunk}`));
    child.on('close', (code, signal) => resolve({ code, signal, output: output.trim() }));
  });
}

const ends = { code: 0, signal: null };

const cases = {
  'nothing but the module': '',
  'a new connection': 'make();',
  'a connection with a channel waits for negotiationneeded only': `
    const pc = make();
    pc.onnegotiationneeded = () => console.log('needed');
    pc.createDataChannel('');`,
  'a certificate is waited for': `
    RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }).then(() => console.log('made'));`,
  'statistics are waited for': `make().getStats().then(() => console.log('given'));`,
  'a closed connection': 'make().close();',
  'an offer that is not applied': `make().createOffer().then(() => console.log('offer'));`,
  'both ends closed': `connect().then(({ a, b }) => { a.close(); b.close(); console.log('closed'); });`,
  'both ends let go': `connect().then(({ a, b }) => { console.log('connected'); a.unref(); b.unref(); });`,
  'let go before negotiating': `connect(make().unref(), make().unref()).then(() => console.log('never'));`,
  'process.exit while connected': `connect().then(() => process.exit(0));`,
  'process.exit in a listener': `connect().then(({ a }) => {
    a.onsignalingstatechange = () => process.exit(0);
    a.setLocalDescription(); });`,
};
const outputs = {
  'a connection with a channel waits for negotiationneeded only': 'needed',
  'a certificate is waited for': 'made',
  'statistics are waited for': 'given',
  'an offer that is not applied': 'offer',
  'both ends closed': 'closed',
  'both ends let go': 'connected',
};

for (const [name, script] of Object.entries(cases)) {
  test(`the process ends: ${name}`, async () => {
    assert.deepEqual(await run(script), { ...ends, output: outputs[name] ?? '' });
  });
}

for (const [name, script] of Object.entries({
  'a connected pair': `connect().then(() => console.log('connected'));`,
  'an offer without an answer': `make().setLocalDescription().then(() => console.log('connected'));`,
  'a pair that is taken back': `connect().then(({ a, b }) => {
    a.unref(); b.unref(); a.ref(); console.log('connected'); });`,
})) {
  test(`the process waits: ${name}`, async () => {
    assert.deepEqual(await run(script, 3000), { code: null, signal: 'SIGKILL', output: 'connected' });
  });
}

test('an uncaught exception in a listener ends the process as usual', async () => {
  const { code, signal, output } = await run(`
    const pc = make();
    pc.onnegotiationneeded = () => { throw new Error('from a listener'); };
    pc.createDataChannel('');`);
  assert.equal(signal, null);
  assert.equal(code, 1);
  assert.match(output, /from a listener/);
});
