// What the package exports, the polyfill, logging.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from 'node-libwebrtc';

const require = createRequire(import.meta.url);

function run(program, type = 'module') {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [`--input-type=${type}`, '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
    cwd: import.meta.dirname,
  });
  assert.deepEqual({ stderr, status, signal }, { stderr: '', status: 0, signal: null });
  return stdout;
}

test('CommonJS and ESM get the same objects', () => {
  const commonjs = require('node-libwebrtc');
  for (const name of Object.keys(commonjs)) assert.equal(esm[name], commonjs[name], name);
  assert.ok(esm.RTCPeerConnection);
  assert.ok(!('native' in commonjs));
});

test('every interface object has its name, its tag and a prototype that cannot be replaced', () => {
  for (const [name, value] of Object.entries(esm)) {
    if (!name.startsWith('RTC')) continue;
    assert.equal(value.name, name);
    assert.equal(value.prototype[Symbol.toStringTag], name);
    assert.equal(Object.getOwnPropertyDescriptor(value, 'prototype').writable, false);
  }
});

test('loading starts no thread', () => {
  // In CommonJS: loading a module by import() starts the threads of Node's own pool.
  const threads = "require('node:fs').readdirSync('/proc/self/task')";
  const program = `
    const before = ${threads};
    require('node-libwebrtc');
    console.log(JSON.stringify(${threads}.filter((thread) => !before.includes(thread))));
  `;
  assert.deepEqual(JSON.parse(run(program, 'commonjs')), []);
});

test('loading loads nothing for TLS, and so has Node start no thread that loads certificates', () => {
  const program = `
    require('node-libwebrtc');
    console.log((process.moduleLoadList ?? []).filter((name) => /^NativeModule (tls|https)$/.test(name)).length);
  `;
  assert.equal(run(program, 'commonjs'), '0\n');
});

test('the polyfill leaves alone what is there, and can be imported again', () => {
  const output = run(`
    globalThis.RTCError = 'mine';
    await import('node-libwebrtc/polyfill');
    await import('node-libwebrtc/polyfill');
    const { createRequire } = await import('node:module');
    createRequire(process.cwd() + '/x.js')('node-libwebrtc/polyfill');
    const { RTCPeerConnection: own } = await import('node-libwebrtc');
    const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, 'RTCPeerConnection');
    console.log(RTCError, RTCPeerConnection === own, enumerable, writable, configurable, typeof setLogLevel);
  `);
  assert.equal(output, 'mine true false true true undefined\n');
});

test('the polyfill has every interface, navigator.mediaDevices, and nothing of this library alone', () => {
  const output = run(`
    import * as library from 'node-libwebrtc';
    import 'node-libwebrtc/polyfill';
    const inWorkers = ['KeyFrameRequestEvent', 'RTCRtpScriptTransformer', 'RTCTransformEvent'];
    const own = ['AudioSink', 'AudioSource', 'VideoSink', 'VideoSource', 'setLogLevel', 'registerDevice', ...inWorkers];
    const interfaces = Object.keys(library).filter((name) => /^(RTC|Media)|^(Audio|Input|Overcon|Video)[A-Z]?.*(Data|Info|Error|Frame|Space|Generator)$/.test(name));
    console.log(
      interfaces.filter((name) => !inWorkers.includes(name) && globalThis[name] !== library[name]).length,
      own.filter((name) => name in globalThis).length,
      navigator.mediaDevices === library.mediaDevices,
    );
  `);
  assert.equal(output, '0 0 true\n');
});

test('the polyfill replaces what is there when it is told so, and goes into other global objects', () => {
  const output = run(`
    import { createContext, runInContext } from 'node:vm';
    import { mediaDevices, RTCPeerConnection as own, RTCError as error } from 'node-libwebrtc';
    class Other {}
    globalThis.RTCPeerConnection = globalThis.RTCError = Other;
    Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices: 'theirs' }, configurable: true });
    const { install } = await import('node-libwebrtc/polyfill');
    const before = [RTCPeerConnection === Other, navigator.mediaDevices];
    install({ overwrite: ['RTCPeerConnection'] });
    const named = [RTCPeerConnection === own, RTCError === Other, navigator.mediaDevices];
    install({ overwrite: true });
    const all = [RTCError === error, navigator.mediaDevices === mediaDevices];
    const context = createContext({});
    install({ target: context });
    const inside = runInContext('const pc = new RTCPeerConnection(); pc.close(); [pc.connectionState, typeof navigator.mediaDevices.getUserMedia]', context);
    console.log(JSON.stringify([before, named, all, [...inside], 'mediaDevices' in Object.prototype]));
  `);
  const expected = [[true, 'theirs'], [true, true, 'theirs'], [true, true], ['closed', 'function'], false];
  assert.deepEqual(JSON.parse(output), expected);
});

test('setLogLevel gives structured records and is silent otherwise', () => {
  assert.throws(() => esm.setLogLevel('loud', () => undefined), TypeError);
  assert.throws(() => esm.setLogLevel('info'), TypeError);
  const output = run(`
    import { RTCPeerConnection, setLogLevel } from 'node-libwebrtc';
    const records = [];
    setLogLevel('verbose', (record) => records.push(record));
    const connection = new RTCPeerConnection();
    connection.createDataChannel('x');
    await connection.setLocalDescription();
    await new Promise((resolve) => setTimeout(resolve, 100));
    setLogLevel('none');
    const count = records.length;
    connection.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const levels = ['verbose', 'info', 'warning', 'error'];
    console.log(
      count > 0,
      records.length === count,
      records.every(({ level, message }) => levels.includes(level) && typeof message === 'string'),
    );
  `);
  assert.equal(output, 'true true true\n');
});

test('no script of the package runs by itself before or after another', () => {
  const { scripts } = require('node-libwebrtc/package.json');
  const names = Object.keys(scripts);
  const hooks = names.filter((name) => names.some((other) => [`pre${other}`, `post${other}`].includes(name)));
  assert.deepEqual(hooks, []);
});
