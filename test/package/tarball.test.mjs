/** The packed package in an empty project: what npm installs, how large it is, and that it works there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { after, before, test } from 'node:test';
import { filesIn, installInEmptyProject, readmeExamples, root } from './support/packed.mjs';

const { exports, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let empty;
before(() => {
  empty = installInEmptyProject();
});
after(() => empty?.remove());

const names = (files) => [...new Set(files.map(({ path }) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0]))];

test('installed with all that it needs, it takes at most 25 MB', (t) => {
  const files = filesIn(join(empty.project, 'node_modules'));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  t.diagnostic(`${size} bytes in ${files.length} files`);
  assert.ok(size <= 25e6, `${size} bytes`);
  // What is used of the libraries for files is a part of the package.
  assert.ok(!names(files).includes('mediabunny'));
});

test('nothing was built: the addon is the prebuild', () => {
  assert.ok(!existsSync(join(empty.installed, 'build')));
  const { stdout } = empty.runProgram(
    'addon.cjs',
    "console.log(require('node-gyp-build').resolve(require('node:path').dirname(require.resolve('node-libwebrtc/package.json'))))",
  );
  assert.equal(
    stdout.trim(),
    join(empty.installed, 'prebuilds', `${process.platform}-${process.arch}`, 'node-libwebrtc.node'),
  );
});

test('the README’s first example, pasted, runs, prints what is said and ends by itself', () => {
  const examples = readmeExamples();
  assert.ok(examples['example.mjs'].trim().split('\n').length <= 15);
  for (const [name, code] of Object.entries(examples)) {
    assert.deepEqual(empty.runProgram(name, code), { stdout: 'Hello, world\n', stderr: '', status: 0 }, name);
  }
});

test('a recording is written by what the package carries of Mediabunny, whose licence is beside it', () => {
  const { stdout, stderr } = empty.runProgram(
    'record.mjs',
    `import { readFileSync } from 'node:fs';
    import { mediaDevices, recordToFile } from 'node-libwebrtc';
    const results = [];
    for (const name of ['camera.webm', 'camera.mp4', 'camera.mkv']) {
      const stream = await mediaDevices.getUserMedia({ video: { width: 160, height: 120 }, audio: true });
      const recording = recordToFile(stream, name);
      recording.onstart = () => setTimeout(() => recording.stop(), 500);
      const { tracks, error } = await recording.finished;
      for (const track of stream.getTracks()) track.stop();
      const bytes = readFileSync(name);
      results.push([tracks.length, error, bytes.subarray(0, 4).toString('hex'), bytes.subarray(4, 8).toString('latin1')]);
    }
    console.log(JSON.stringify(results));`,
  );
  assert.equal(stderr, '');
  const [webm, mp4, matroska] = JSON.parse(stdout);
  for (const [tracks, error] of [webm, mp4, matroska]) assert.deepEqual([tracks, error ?? null], [2, null]);
  for (const [, , head] of [webm, matroska]) assert.equal(head, '1a45dfa3');
  assert.equal(mp4[3], 'ftyp');
  const licence = readFileSync(join(empty.installed, 'dist/third_party/mediabunny.LICENSE.txt'), 'utf8');
  assert.match(licence, /^Mozilla Public License Version 2\.0/);
  const module = readFileSync(join(empty.installed, 'dist/third_party/mediabunny.js'), 'utf8');
  const [, carried] = /npm package mediabunny@([\d.]+)\./.exec(module);
  // THIRD_PARTY.md says where the source is of what is carried.
  assert.ok(readFileSync(join(empty.installed, 'THIRD_PARTY.md'), 'utf8').includes(`mediabunny@${carried}\``));
});

test('its commands are there', () => {
  const doctor = empty.run('npx', '--no', 'node-libwebrtc', 'doctor', '--json');
  assert.equal(doctor.status, 0, doctor.stderr);
  assert.equal(JSON.parse(doctor.stdout).build.version, version);
  const help = empty.run('npx', '--no', 'node-libwebrtc', 'record', '--help');
  assert.equal(help.status, 0, help.stderr);
});

/** The modules that a process has after it has loaded an entry point: rooms of the package, and names of packages. */
function loadedBy(entry) {
  const { stdout } = empty.run(
    'node',
    '-e',
    `require(${JSON.stringify(`node-libwebrtc${entry.slice(1)}`)}); console.log(JSON.stringify(Object.keys(require.cache)))`,
  );
  const paths = JSON.parse(stdout).map((path) => path.slice(empty.project.length + 'node_modules'.length + 2));
  const own = paths.filter((path) => path.startsWith(join('node-libwebrtc', 'dist')));
  const rooms = own.map((path) => path.split(sep).slice(2, -1)[0] ?? '.');
  return {
    rooms: [...new Set(rooms)],
    packages: names(paths.map((path) => ({ path }))).filter((name) => name !== 'node-libwebrtc'),
  };
}

/** The rooms of the house that only these entry points need. */
const RESERVED = {
  wrtc: ['./wrtc'],
  server: ['./recording-server'],
  recording: ['.', './polyfill', './recording', './recording-server'],
  cli: [],
  // When the first recording begins.
  third_party: [],
};

for (const entry of Object.keys(exports).filter((name) => name !== './package.json')) {
  test(`${entry} loads only what it uses`, () => {
    const { rooms, packages } = loadedBy(entry);
    for (const [room, users] of Object.entries(RESERVED)) {
      if (!users.includes(entry)) assert.ok(!rooms.includes(room), `${entry} loads nothing of ${room}/`);
    }
    // The others are loaded when they are needed: for a name that ends in .local, say.
    assert.deepEqual(packages.sort(), ['node-gyp-build', 'webidl-conversions']);
  });
}
