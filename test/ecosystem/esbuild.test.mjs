/** esbuild: a server's program in one file, with the addon's package left outside, as docs/platforms.md says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

// Below the package, so that its name leads to it.
const below = fileURLToPath(new URL('../../build/', import.meta.url));

for (const [format, extension] of [
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
]) {
  test(`a bundle in ${format} runs`, async () => {
    const directory = await mkdtemp(join(below, 'bundle-'));
    try {
      const entry = join(directory, 'entry.mjs');
      const outfile = join(directory, `bundle.${extension}`);
      await writeFile(
        entry,
        `import { RTCPeerConnection } from 'node-libwebrtc';
        import wrtc from 'node-libwebrtc/wrtc';
        const connection = new wrtc.RTCPeerConnection();
        console.log(connection instanceof RTCPeerConnection, typeof wrtc.nonstandard.RTCVideoSink);
        connection.close();`,
      );
      const external = ['node-libwebrtc'];
      const { warnings } = await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        platform: 'node',
        format,
        external,
      });
      assert.deepEqual(warnings, []);
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile]);
      assert.deepEqual({ stdout, stderr }, { stdout: 'true function\n', stderr: '' });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
}
