/** `node-libwebrtc doctor`, with servers that work and servers that do not. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CREDENTIALS, startCoturn } from './support/coturn.mjs';
import { within } from './support/wait.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

async function doctor(args, { directory = root, env = {} } = {}) {
  const child = spawn(process.execPath, [join(directory, 'dist/cli/main.js'), 'doctor', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (complaints += chunk));
  try {
    const [code, signal] = await within(once(child, 'close'), 'the doctor to end', 120);
    return { end: signal ?? code, output, complaints };
  } finally {
    child.kill('SIGKILL');
  }
}

async function diagnose(args, options) {
  const { end, output, complaints } = await doctor(['--json', ...args], options);
  assert.equal(complaints, '');
  return { end, report: JSON.parse(output) };
}

test('says what there is, and calls itself', async () => {
  const { end, report } = await diagnose(['--seconds', '0.2']);
  assert.equal(end, 0, JSON.stringify(report, null, 2));
  assert.deepEqual(report.problems, []);
  assert.equal(report.ok, true);
  assert.equal(report.platform.runtime, `node ${process.version}`);
  assert.equal(report.build.addon.loaded, true);
  assert.match(report.build.addon.path, /\.node$/);
  assert.ok(report.codecs.audio.send.includes('opus'));
  assert.ok(report.codecs.video.receive.includes('VP8'));
  assert.ok(report.network.interfaces.some(({ internal }) => internal));

  const { call } = report;
  assert.ok(call.connectTime > 0);
  assert.ok(call.roundTripTime > 0);
  assert.ok(call.data.bytes > 0 && call.data.rate > 0);
  assert.equal(call.audio.codec, 'opus');
  assert.ok(call.audio.packets > 0);
  assert.ok(call.video.width > 0 && call.video.framesPerSecond > 0);
});

test('is readable, and without colours where there is no terminal', async () => {
  const { end, output, complaints } = await doctor(['--no-call']);
  assert.equal(complaints, '');
  assert.equal(end, 0, output);
  for (const heading of ['Platform', 'Build', 'Codecs', 'Network'])
    assert.match(output, new RegExp(`^${heading}$`, 'm'));
  assert.match(output, /^Everything that was tried works\.$/m);
  assert.ok(!output.includes('\x1b'));
  assert.ok(!output.includes('A call of this process'));
});

describe('servers', () => {
  let coturn;
  before(async () => (coturn = await startCoturn()));
  after(() => coturn?.close());
  const user = ['--username', CREDENTIALS.username];
  const turn = (transport) => `turn:127.0.0.1:${coturn.port}?transport=${transport}`;

  test('that work', async () => {
    const { end, report } = await diagnose([
      ...['--no-call', '--stun', `stun:127.0.0.1:${coturn.port}`],
      ...['--turn', turn('udp'), '--turn', turn('tcp'), ...user, '--credential', CREDENTIALS.credential],
    ]);
    assert.equal(end, 0, JSON.stringify(report.servers, null, 2));
    const [stun, udp, tcp] = report.servers;
    assert.match(stun.verdict, /^answers/);
    for (const [server, protocol] of [
      [udp, 'udp'],
      [tcp, 'tcp'],
    ]) {
      assert.equal(server.ok, true);
      assert.ok(server.time > 0);
      assert.equal(server.candidates[0].type, 'relay');
      assert.equal(server.candidates[0].relayProtocol, protocol);
      assert.match(server.verdict, new RegExp(`^relays from 127\\.0\\.0\\.1:\\d+ over ${protocol}$`));
    }
  });

  test('that refuse the password, which may come from the environment', async () => {
    const { end, report } = await diagnose(['--no-call', '--turn', turn('udp'), ...user], {
      env: { TURN_CREDENTIAL: 'wrong' },
    });
    assert.equal(end, 1);
    const [server] = report.servers;
    assert.equal(server.ok, false);
    assert.equal(server.errors[0].code, 401);
    assert.match(server.verdict, /refuses the user name or the password/);
    assert.equal(report.problems.length, 1);
    assert.ok(!JSON.stringify(report).includes('wrong'));
  });

  test('that do not answer, or have no address', async (t) => {
    const deaf = createSocket('udp4');
    deaf.bind(0, '127.0.0.1');
    await once(deaf, 'listening');
    t.after(() => deaf.close());
    const silent = `stun:127.0.0.1:${deaf.address().port}`;
    const { end, report } = await diagnose([
      ...['--no-call', '--timeout', '1', '--stun', silent, '--stun', 'stun:nobody.invalid'],
    ]);
    assert.equal(end, 1);
    assert.match(report.servers[0].verdict, /answer/);
    assert.match(report.servers[1].verdict, /cannot be resolved/);
    assert.deepEqual(
      report.servers.map(({ ok }) => ok),
      [false, false],
    );
  });
});

test('wrong options end with 2 and say how it is done', async () => {
  for (const args of [
    ['--nonsense'],
    ['--stun', 'turn:a'],
    ['--turn', 'turn:a'],
    ['--turn', 'stun:a', '--username', 'a', '--credential', 'b'],
    ['--timeout', 'soon'],
  ]) {
    const { end, output, complaints } = await doctor(args, { env: { TURN_CREDENTIAL: undefined } });
    assert.equal(end, 2, args.join(' '));
    assert.equal(output, '');
    assert.match(complaints, /Usage: node-libwebrtc doctor/);
  }
  const { end, output } = await doctor(['--help']);
  assert.equal(end, 0);
  assert.match(output, /--stun/);
});

test('says what to do when there is no addon', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  for (const name of ['dist', 'package.json']) {
    await cp(join(root, name), join(directory, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const { end, output, complaints } = await doctor([], { directory });
  assert.equal(complaints, '');
  assert.equal(end, 1);
  assert.match(output, /npm rebuild node-libwebrtc/);
  assert.match(output, /The addon cannot be loaded/);
});
