/** Ways to run Node.js in which a package with an addon can get into trouble. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [major] = process.versions.node.split('.').map(Number);

/** As from a shell: not as a part of the tests that run here. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

/** Two connections of one process, and a message from one to the other. */
const CALL = `
  const { RTCPeerConnection } = require('node-libwebrtc');
  const settings = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
  const [one, other] = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)];
  one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
  other.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => [console.log(data), one.close(), other.close()];
  };
  const channel = one.createDataChannel('x');
  channel.onopen = () => channel.send('arrived');
  (async () => {
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
  })();
`;

function run(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { stdout, stderr, status };
}

test('under the permission model, with the flags that the documentation names', () => {
  const permission = major >= 24 ? '--permission' : '--experimental-permission';
  // From Node.js 25 on, the network has a flag of its own; sockets of an addon do not need it.
  const flags = [permission, '--allow-fs-read=*', '--no-warnings'];
  assert.deepEqual(run(...flags, '--allow-addons', '-e', CALL), { stdout: 'arrived\n', stderr: '', status: 0 });
  const refused = run(...flags, '-e', CALL);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /ERR_DLOPEN_DISABLED/);
});

test('in a vm context that the polyfill has been put into', () => {
  const program = `
    const vm = require('node:vm');
    const { install } = require('node-libwebrtc/polyfill');
    const context = vm.createContext({ console });
    install({ target: context });
    const call = ${JSON.stringify(CALL)}.replace("const { RTCPeerConnection } = require('node-libwebrtc');", '');
    vm.runInContext(call, context);
    console.log(vm.runInContext('typeof navigator.mediaDevices.getUserMedia', context));
  `;
  assert.deepEqual(run('-e', program), { stdout: 'function\narrived\n', stderr: '', status: 0 });
});

test('below node --test, whose files end by themselves', () => {
  const directory = mkdtempSync(join(root, 'build', 'environment-'));
  try {
    writeFileSync(
      join(directory, 'call.test.cjs'),
      `require('node:test').test('a call', async () => { ${CALL}
        await new Promise((resolve) => one.addEventListener('connectionstatechange', () => one.connectionState === 'connected' && resolve()));
      });`,
    );
    const { stdout, status } = run('--test', '--test-reporter=tap', join(directory, 'call.test.cjs'));
    assert.match(stdout, /^# pass 1$/m);
    assert.equal(status, 0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('in an application that starts from a snapshot, which loads it after the start', () => {
  const directory = mkdtempSync(join(tmpdir(), 'node-libwebrtc-'));
  try {
    const [entry, blob] = [join(directory, 'entry.cjs'), join(directory, 'snapshot.blob')];
    writeFileSync(
      entry,
      `const { setDeserializeMainFunction } = require('node:v8').startupSnapshot;
      setDeserializeMainFunction(() => {
        const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))});
        ${CALL}
      });`,
    );
    assert.equal(run('--snapshot-blob', blob, '--build-snapshot', entry).status, 0);
    assert.deepEqual(run('--snapshot-blob', blob), { stdout: 'arrived\n', stderr: '', status: 0 });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
