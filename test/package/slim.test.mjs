/** The package in an image such as `node:20-slim`: nothing has to be added to it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { installInEmptyProject, readmeExamples } from './support/packed.mjs';
import { slimRoot } from './support/slim_root.mjs';

let empty;
let slim;
before(() => {
  empty = installInEmptyProject();
  for (const [name, code] of Object.entries(readmeExamples())) writeFileSync(join(empty.project, name), code);
  slim = slimRoot(empty.project);
});
after(() => empty?.remove());

test('there is nothing there but what is essential', () => {
  for (const tool of ['cc', 'g++', 'clang', 'make', 'cmake', 'python3', 'npm']) {
    assert.notEqual(slim.run('sh', '-c', `command -v ${tool}`).status, 0, tool);
  }
  assert.match(slim.run('node', '--version').stdout, /^v\d+/);
});

test('every library that the addon needs is there', () => {
  const addon = `node_modules/node-libwebrtc/prebuilds/${process.platform}-${process.arch}/node-libwebrtc.node`;
  const { stdout, status } = slim.run('ldd', addon);
  assert.equal(status, 0, stdout);
  assert.doesNotMatch(stdout, /not found/);
});

for (const name of Object.keys(readmeExamples())) {
  test(`the README’s first example runs: ${name}`, () => {
    assert.deepEqual(slim.run('node', name), { stdout: 'Hello, world\n', stderr: '', status: 0 });
  });
}

test('the doctor finds nothing amiss: codecs, and a call with sound and pictures', () => {
  const { stdout, stderr, status } = slim.run('node', 'node_modules/.bin/node-libwebrtc', 'doctor', '--json');
  assert.equal(status, 0, `${stdout}${stderr}`);
  const report = JSON.parse(stdout);
  assert.equal(report.ok, true);
  assert.match(report.platform.os, /Linux/);
});
