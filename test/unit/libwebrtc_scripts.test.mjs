// What provides libwebrtc before anything is built: the edits, the lock, the archives and what they say when it goes wrong.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { locked } from '../../scripts/libwebrtc/cache.mjs';
import { applyEdits, edits } from '../../scripts/libwebrtc/edits.mjs';
import { explained } from '../../scripts/libwebrtc/run.mjs';
import { unpackArchive } from '../../scripts/libwebrtc/sources.mjs';

const scripts = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'scripts', 'libwebrtc');
const directory = mkdtempSync(join(tmpdir(), 'libwebrtc-scripts-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const fresh = (name) => {
  const path = join(directory, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  return path;
};

/** Sources that have nothing but the files that are edited. */
function sourcesWith(textOf) {
  const sources = fresh('sources');
  for (const edit of edits) {
    mkdirSync(dirname(join(sources, edit.file)), { recursive: true });
    writeFileSync(join(sources, edit.file), textOf(edit));
  }
  return sources;
}

test('an edit replaces its text', () => {
  const sources = sourcesWith(({ find }) => `before\n${find}after\n`);
  applyEdits(sources);
  for (const { file, replace } of edits) {
    assert.equal(readFileSync(join(sources, file), 'utf8'), `before\n${replace}after\n`);
  }
});

test('an edit whose text is missing, or there twice, is an error that names it', () => {
  assert.throws(() => applyEdits(sourcesWith(() => 'something else\n')), /expects this text exactly once.*0 times/s);
  assert.throws(() => applyEdits(sourcesWith(({ find }) => find + find)), /2 times/);
});

test('a lock lets one in at a time', async () => {
  const lock = join(directory, 'lock');
  const order = [];
  let waited = 0;
  const one = locked(lock, async () => {
    order.push('in');
    await new Promise((resolve) => setTimeout(resolve, 300));
    order.push('out');
  });
  const two = locked(
    lock,
    async () => void order.push('in', 'out'),
    () => (waited += 1),
  );
  await Promise.all([one, two]);
  assert.deepEqual(order, ['in', 'out', 'in', 'out']);
  assert.ok(waited > 0);
  assert.ok(!existsSync(lock));
});

test('the lock of a process that has been killed is taken over', async () => {
  const lock = join(directory, 'lock');
  const program = `import { locked } from ${JSON.stringify(join(scripts, 'cache.mjs'))};
    await locked(${JSON.stringify(lock)}, () => { console.log('in'); return new Promise(() => setInterval(() => {}, 1000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
  assert.ok(existsSync(lock));
  assert.equal(await locked(lock, async () => 'mine'), 'mine');
});

test('a lock that its holder has not touched for a minute is taken over', async () => {
  const lock = join(directory, 'lock');
  writeFileSync(lock, '1 1 somewhere-else');
  utimesSync(lock, new Date(), new Date(Date.now() - 120_000));
  assert.equal(await locked(lock, async () => 'mine'), 'mine');
});

test('an archive is unpacked only if its checksum is right', async () => {
  const from = fresh('from');
  writeFileSync(join(from, 'file'), 'content');
  const archive = join(directory, 'archive.tar.gz');
  assert.equal(spawnSync('tar', ['-czf', archive, '-C', from, 'file']).status, 0);
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');

  const into = fresh('into');
  await unpackArchive(archive, sha256, into, { strip: 0 });
  assert.equal(readFileSync(join(into, 'file'), 'utf8'), 'content');

  await assert.rejects(unpackArchive(archive, '0'.repeat(64), into, { strip: 0, discard: true }), /has the checksum/);
  assert.ok(!existsSync(into));
  assert.ok(!existsSync(archive));
});

test('a full disk is called that', () => {
  assert.match(explained(Object.assign(new Error('write'), { code: 'ENOSPC' }), '/cache').message, /\/cache is full/);
  assert.match(explained(new Error('ninja: No space left on device'), '/cache').message, /is full/);
  const other = new Error('other');
  assert.equal(explained(other, '/cache'), other);
});

test('a directory that is no install tree is refused with what is missing', () => {
  const empty = fresh('empty');
  const { status, stderr } = spawnSync(process.execPath, [join(scripts, 'index.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, LIBWEBRTC_DIR: empty, XDG_CACHE_HOME: fresh('cache') },
  });
  assert.equal(status, 1);
  assert.match(stderr, /no install tree of libwebrtc: .*libwebrtc\.a is missing/);
});
