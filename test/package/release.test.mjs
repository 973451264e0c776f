/** What a release says of itself: its bill of materials and its provenance. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validation } from '@cyclonedx/cyclonedx-library';
import nodeGypBuild from 'node-gyp-build';
import { provenance } from '../../scripts/release/provenance.mjs';
import { billOfMaterials } from '../../scripts/release/sbom.mjs';
import { root } from './support/packed.mjs';

const { name, version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('the bill of materials names what is installed, what is linked and the addon, each once and with a licence', () => {
  const addon = nodeGypBuild.resolve(root);
  const bom = billOfMaterials([addon]);
  assert.deepEqual(
    [bom.bomFormat, bom.metadata.component.name, bom.metadata.component.version],
    ['CycloneDX', name, version],
  );
  const refs = bom.components.map((component) => component['bom-ref']);
  assert.equal(new Set(refs).size, refs.length);
  const names = bom.components.map((component) => component.name);
  for (const wanted of [...Object.keys(dependencies), 'libwebrtc', 'FFmpeg', 'mediabunny', 'libc++']) {
    assert.ok(names.includes(wanted), wanted);
  }
  for (const { type, name: own, licenses } of bom.components) assert.ok(type === 'file' || licenses.length > 0, own);
  const known = new Set([...refs, bom.metadata.component['bom-ref']]);
  for (const { ref, dependsOn } of bom.dependencies) {
    assert.deepEqual(
      [ref, ...dependsOn].filter((other) => !known.has(other)),
      [],
    );
  }
  const [{ hashes }] = bom.components.filter(({ type }) => type === 'file');
  assert.equal(hashes[0].content, createHash('sha256').update(readFileSync(addon)).digest('hex'));
});

test('the bill of materials is as the schema of CycloneDX wants it, names of licences included', async () => {
  const bom = billOfMaterials([nodeGypBuild.resolve(root)]);
  const validator = new Validation.JsonStrictValidator(bom.specVersion);
  assert.equal(await validator.validate(JSON.stringify(bom)), null);
  bom.components[0].licenses = [{ license: { id: 'No-Such-Licence' } }];
  assert.notEqual(await validator.validate(JSON.stringify(bom)), null);
});

test('the statement of provenance names the files, and the sources with their checksums', () => {
  const statement = provenance([{ name: 'a.tgz', sha256: '00', sha512: '11' }], new Date(0));
  assert.deepEqual(statement.subject, [{ name: 'a.tgz', digest: { sha256: '00', sha512: '11' } }]);
  const { resolvedDependencies } = statement.predicate.buildDefinition;
  const sources = resolvedDependencies.filter(({ uri }) => uri.startsWith('pkg:deb/'));
  assert.ok(sources.length >= 4);
  for (const { digest } of sources) assert.match(digest.sha256, /^[0-9a-f]{64}$/);
});
