// Settings of the recording server by flags, environment and program; side-cars; pictures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { png, shrink, webpOfVp8 } from '../../dist/server/images.js';
import { Library } from '../../dist/server/library.js';
import { Logger } from '../../dist/server/logger.js';
import { noStatistics } from '../../dist/server/recording_info.js';
import { completeSettings, helpText, parseSettings, SettingError } from '../../dist/server/settings.js';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const silent = new Logger('none', () => undefined);

test('a flag counts more than a variable, a variable more than the default', () => {
  const { options } = parseSettings(['--max-size', '1.5GiB', '--trust-proxy'], {
    RECORD_MAX_SIZE: '3MB',
    RECORD_MAX_DURATION: '90min',
    RECORD_PUBLISH_TOKENS: 'one, two',
    RECORD_MEDIA_PORTS: '40000-40100',
    RECORD_ICE_SERVERS: '[{"urls":"turn:turn.example.net?transport=udp","username":"u","credential":"c"}]',
  });
  const settings = completeSettings(options);
  assert.equal(settings.maxSize, 1.5 * 2 ** 30);
  assert.equal(settings.maxDuration, 5400);
  assert.equal(settings.trustProxy, true);
  assert.deepEqual(settings.publishTokens, ['one', 'two']);
  assert.deepEqual(settings.mediaPorts, { min: 40000, max: 40100 });
  assert.equal(settings.iceServers[0].username, 'u');
  assert.equal(settings.host, '127.0.0.1');
});

test('what cannot be read is refused, and the message says which setting it is', () => {
  for (const [args, environment, pattern] of [
    [['--port', '70000'], {}, /^--port: 70000/],
    [['--max-size', '5 apples'], {}, /^--max-size: "5 apples"/],
    [['--max-duration', '-5s'], {}, /max-duration/],
    [['--container', 'avi'], {}, /^--container: "avi" is none of: auto, webm, mp4/],
    [['--video-codecs', 'VP8,H266'], {}, /^--video-codecs: "H266"/],
    [['--media-ports', '5-1'], {}, /^--media-ports/],
    [['--ice-servers', '{'], {}, /^--ice-servers: is no JSON/],
    [['--ice-servers', '[{"urls":"http://x"}]'], {}, /is no ICE server/],
    [['--ice-servers', '[{"urls":"turn:x","username":"a\\nb"}]'], {}, /no plain text/],
    [['--colour'], {}, /--colour/],
    [['file'], {}, /file/],
    [[], { RECORD_MAX_SESSIONS: 'many' }, /^RECORD_MAX_SESSIONS/],
  ]) {
    assert.throws(
      () => parseSettings(args, environment),
      (error) => error instanceof SettingError && pattern.test(error.message),
      args.join(' '),
    );
  }
  assert.throws(() => completeSettings({ maxSizes: 1 }), SettingError);
  assert.throws(() => completeSettings({ port: -1 }), SettingError);
  assert.throws(() => completeSettings({ tlsKey: 'key.pem' }), SettingError);
});

test('the program tells its commands and the options, and what is wrong', () => {
  const run = (...args) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 30_000 });
  assert.match(run('--help').stdout, /^Usage: node-libwebrtc <command>/);
  assert.equal(run().status, 2);
  const unknown = run('sing');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /no command "sing"/);
  const help = run('record', '--help');
  assert.equal(help.stdout, helpText());
  assert.equal(help.status, 0);
  for (const name of ['host', 'port', 'directory', 'max-sessions', 'log-level'])
    assert.match(help.stdout, RegExp(`--${name} `));
  const wrong = run('record', '--port', 'x');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--port/);
});

test('the help tells every setting, and each can be given by a flag and by a variable', () => {
  const lines = helpText()
    .split('\n')
    .filter((line) => line.startsWith('  --') && !line.startsWith('  --help'));
  const settings = completeSettings();
  assert.equal(lines.length, Object.keys(settings).length);
  const values = {
    ...{ ADDRESS: '127.0.0.1', PORT: '1', PATH: 'x', TOKENS: 'a,b', ORIGINS: 'https://a.example', LIST: 'VP8' },
    ...{ JSON: '[{"urls":"stun:a.example"}]', 'MIN-MAX': '1-2', N: '3', TIME: '2s', SIZE: '4KiB', RATE: '5k' },
  };
  for (const line of lines) {
    const [, flag, placeholder = '', help] = /^ {2}--([a-z-]+)(?: (\S+))? {2,}(\S.*)$/.exec(line);
    assert.ok(help.length > 10, line);
    const value = placeholder === '' ? 'true' : (values[placeholder] ?? placeholder.split('|')[1]);
    const byFlag = parseSettings(placeholder === '' ? [`--${flag}`] : [`--${flag}`, value], {}).options;
    const byVariable = parseSettings([], { [`RECORD_${flag.toUpperCase().replaceAll('-', '_')}`]: value }).options;
    assert.equal(Object.keys(byFlag).length, 1, flag);
    assert.deepEqual(byVariable, byFlag, flag);
    assert.ok(Object.keys(byFlag)[0] in settings);
  }
});

const info = (id, more = {}) => ({
  ...{ version: 1, id, name: 'a', file: `${id}.webm`, state: 'finished', startedAt: '2026-01-01T00:00:00.000Z' },
  ...{ endedAt: null, duration: 1, size: 5, mimeType: 'video/webm', reason: null, error: null },
  ...{ client: { address: '', userAgent: null }, tracks: [], statistics: noStatistics() },
  ...more,
});

test('side-cars: written whole, read again, those of a process that died marked, others left alone', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'library-'));
  t.after(() => rm(directory, { recursive: true }));
  const library = await Library.open(directory, silent);
  for (const id of ['one', 'two']) await writeFile(join(directory, `${id}.webm`), 'media');
  const startedAt = '2026-01-02T00:00:00.000Z';
  await library.add(info('one', { startedAt }));
  await library.add(info('two', { state: 'recording', size: 0 }));
  await Promise.all(
    Array.from({ length: 20 }, (_, size) => library.save(info('one', { size, startedAt }), size % 2 === 0)),
  );
  assert.equal(JSON.parse(await readFile(join(directory, 'one.json'), 'utf8')).size, 19);

  // Of one that is deleted before it is there nothing is left.
  await Promise.all([library.add(info('brief')), library.delete(info('brief'))]);
  assert.equal(library.get('brief'), undefined);
  assert.ok(!(await readdir(directory)).includes('brief.json'));

  await writeFile(join(directory, '.two.json.tmp'), '{"half');
  await writeFile(join(directory, 'broken.json'), '{"half');
  await writeFile(join(directory, 'foreign.json'), '{"version":1}');
  await writeFile(join(directory, 'escape.json'), JSON.stringify(info('escape', { file: '../../etc/passwd' })));
  const again = await Library.open(directory, silent);
  assert.deepEqual(
    again.list().map(({ id, state, size }) => [id, state, size]),
    [
      ['one', 'finished', 19],
      ['two', 'interrupted', 5],
    ],
  );
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.endsWith('.tmp')),
    [],
  );
  for (const id of ['../one', 'one/../two', '.', '..', '', 'one\0']) assert.equal(again.get(id), undefined);

  await rm(join(directory, 'one.webm'));
  await symlink('/etc/hostname', join(directory, 'one.webm'));
  await assert.rejects(again.openFile(again.get('one')), { code: 'ELOOP' });
  await again.delete(again.get('two'));
  assert.equal(again.get('two'), undefined);
  assert.ok(!(await readdir(directory)).some((name) => name.startsWith('two')));
});

test('pictures: PNG of pixels, WebP of a key frame', async () => {
  const pixels = Uint8Array.from({ length: 4 * 4 * 4 }, (_, at) => (at % 4 === 3 ? 255 : at));
  const small = shrink(pixels, { width: 4, height: 4 }, 2);
  assert.deepEqual([small.width, small.height, small.pixels.length], [2, 2, 16]);
  assert.equal(small.pixels[0], (0 + 4 + 16 + 20) / 4);
  const { data, type } = await png(small.pixels, 2, 2);
  assert.equal(type, 'image/png');
  assert.deepEqual([data.readUInt32BE(16), data.readUInt32BE(20)], [2, 2]);
  const length = data.readUInt32BE(33);
  const rows = inflateSync(data.subarray(41, 41 + length));
  assert.deepEqual([rows[0], rows[1], (rows[1] + rows[4]) & 255], [1, small.pixels[0], small.pixels[4]]);

  const webp = webpOfVp8(new Uint8Array([1, 2, 3])).data;
  assert.equal(webp.toString('latin1', 0, 4) + webp.toString('latin1', 8, 16), 'RIFFWEBPVP8 ');
  assert.deepEqual([webp.readUInt32LE(4), webp.length, webp.readUInt32LE(16)], [16, 24, 3]);
});

test('log lines are JSON, with the fields of their context, from a level on', () => {
  const lines = [];
  const log = new Logger('warning', (line) => lines.push(JSON.parse(line))).with({ session: 's' });
  log.info('quiet');
  log.error('loud', { code: 7, missing: undefined });
  assert.equal(lines.length, 1);
  const [{ time, ...line }] = lines;
  assert.ok(!Number.isNaN(Date.parse(time)));
  assert.deepEqual(line, { level: 'error', message: 'loud', session: 's', code: 7 });
});
