/** Identities: an identity provider on loopback, over HTTPS; see `support/identity-tests.mjs`, which has the tests. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createAuthority } from './support/certificates.mjs';

test('identities are asserted and validated by providers that Node trusts', async (t) => {
  const authority = createAuthority();
  const directory = await mkdtemp(join(tmpdir(), 'identity-test-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'authority.pem');
  await writeFile(file, authority.pem);
  const trusted = authority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const expired = authority.issue({ names: ['localhost'], expired: true });
  const unknown = createAuthority('Unknown authority').issue({ names: ['localhost'] });
  // Node reads NODE_EXTRA_CA_CERTS when it starts.
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: file,
    CERTIFICATES: JSON.stringify({ trusted, expired, unknown }),
  };
  delete env.NODE_TEST_CONTEXT;
  const program = fileURLToPath(new URL('support/identity-tests.mjs', import.meta.url));
  const { error, output } = await new Promise((resolve) => {
    execFile(process.execPath, ['--expose-gc', program], { env, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ error, output: stdout + stderr }),
    );
  });
  assert.equal(error, null, output);
  assert.match(output, /^# fail 0$|^ℹ fail 0$/m);
});
