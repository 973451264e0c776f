/**
 * The software bill of materials in CycloneDX's JSON: what npm installs beside the package (`npm sbom`), and what is in
 * the package itself without npm knowing (`linked.mjs`).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { packages as sources } from '../libwebrtc/sources.mjs';
import { inRoot, root } from '../setup/paths.mjs';
import { SetupError } from '../setup/report.mjs';
import { carried, linked } from './linked.mjs';

const licencesOf = (expression) => [/ /.test(expression) ? { expression } : { license: licenceOf(expression) }];
const licenceOf = (id) => (id.startsWith('LicenseRef-') ? { name: id.slice('LicenseRef-'.length) } : { id });

/** What `package-lock.json` has for others than those who work on this package. */
function installed() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const entries = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );
  return new Set(entries.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`));
}

/** What npm says of itself, without what only development needs: what it leaves out by `--omit=dev` is too much. */
function bomOfNpm() {
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--sbom-type=library'],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new SetupError(`npm sbom ended with code ${status}:\n\n${stderr}`);
  const bom = JSON.parse(stdout);
  const wanted = installed();
  bom.components = bom.components.filter((component) => wanted.has(component['bom-ref']));
  const refs = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((component) => component['bom-ref'])]);
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return bom;
}

function nativeComponent({ name, version, licence, from, url }) {
  const source = sources.find((own) => own.name === from);
  const id = `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
  return {
    'bom-ref': id,
    type: 'library',
    name,
    version,
    scope: 'required',
    licenses: licencesOf(licence),
    purl: id,
    externalReferences: [{ type: 'website', url }],
    properties: [{ name: 'node-libwebrtc:linkage', value: 'static' }],
    ...(source && {
      pedigree: {
        ancestors: [
          {
            type: 'library',
            name: source.name,
            version: source.version,
            purl: `pkg:deb/debian/${source.name}@${encodeURIComponent(source.version)}?arch=source`,
            hashes: [{ alg: 'SHA-256', content: source.upstream.sha256 }],
          },
        ],
      },
    }),
  };
}

function carriedComponent(name) {
  const { version, license } = JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));
  return {
    'bom-ref': `pkg:npm/${name}@${version}`,
    type: 'library',
    name,
    version,
    scope: 'required',
    licenses: licencesOf(license),
    purl: `pkg:npm/${name}@${version}`,
    properties: [{ name: 'node-libwebrtc:linkage', value: 'static' }],
  };
}

const fileComponent = (file) => ({
  'bom-ref': `file:${relative(root, file)}`,
  type: 'file',
  name: relative(root, file),
  hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(file)).digest('hex') }],
});

/**
 * @param {string[]} addons the prebuilt addons of the package
 * @returns {object} the bill of materials, as CycloneDX has it in JSON
 */
export function billOfMaterials(addons) {
  const bom = bomOfNpm();
  const own = [...linked.map(nativeComponent), ...carried.map(carriedComponent), ...addons.map(fileComponent)];
  // A package of npm's that is here and there is one that is carried: npm does not install it for this package.
  const isOwn = new Set(own.map((component) => component['bom-ref']));
  const packageRef = bom.metadata.component['bom-ref'];
  // npm takes the directory's.
  bom.metadata.component.name = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).name;
  bom.components = [...bom.components.filter((component) => !isOwn.has(component['bom-ref'])), ...own];
  bom.dependencies = [
    ...bom.dependencies.map((entry) =>
      entry.ref === packageRef ? { ...entry, dependsOn: [...(entry.dependsOn ?? []), ...isOwn] } : entry,
    ),
    ...[...isOwn].map((ref) => ({ ref, dependsOn: [] })),
  ];
  return bom;
}
