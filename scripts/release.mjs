/**
 * Makes a release candidate in `build/candidate/`: builds and prebuilds, packs, tests what was packed in an empty
 * directory, and writes down what is in it and where it comes from.
 *
 *   npm run release
 *
 * Publishing is another matter, and another person's: docs/releasing.md.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { inRoot, logFile, root } from './setup/paths.mjs';
import { SetupError, main, runLogged, step } from './setup/report.mjs';
import { filesBelow } from './setup/stamp.mjs';
import { makePrebuild } from './prebuild.mjs';
import { commit, provenance } from './release/provenance.mjs';
import { billOfMaterials } from './release/sbom.mjs';
import { setUp } from './setup.mjs';

const directory = inRoot('build', 'candidate');
const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const file = (suffix) => join(directory, `${name}-${version}${suffix}`);

const digest = (algorithm, path) => createHash(algorithm).update(readFileSync(path)).digest('hex');

/** What stands between this candidate and a release, in words. */
function reservations() {
  const changelog = readFileSync(inRoot('CHANGELOG.md'), 'utf8');
  const unreleased = /^## Unreleased\n(.*?)(?=^## |$(?![^]))/ms.exec(changelog)?.[1].trim() ?? '';
  const { repository } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return [
    ...(changelog.includes(`\n## ${version}`) ? [] : [`CHANGELOG.md has no section ${version}.`]),
    ...(unreleased === '' ? [] : ['CHANGELOG.md has changes under "Unreleased": give them their version.']),
    ...(commit()?.clean ? [] : ['The checkout has changes that no commit holds.']),
    ...(repository ? [] : ['package.json names no repository, which npm wants to see for a provenance.']),
  ];
}

/** Runs the package's tests against the tarball. */
async function testTarball(tarball) {
  const files = filesBelow(inRoot('test/package')).filter((path) => path.endsWith('.test.mjs'));
  const child = spawn(process.execPath, ['--test', '--expose-gc', ...files.map((path) => relative(root, path))], {
    cwd: root,
    env: { ...process.env, NODE_LIBWEBRTC_TARBALL: tarball },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new SetupError('The tests of the tarball have failed.');
}

await main(async () => {
  const started = new Date();
  await setUp('test');
  await makePrebuild();
  // The prebuild has emptied build/: what is there now is of the same sources.
  await setUp('test');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });

  const tarball = file('.tgz');
  await step('package', async () => {
    // Without scripts: everything is built.
    await runLogged('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { log: logFile('npm-pack') });
    return relative(root, tarball);
  });
  await testTarball(tarball);
  await step('bill of materials', () => {
    const addons = filesBelow(inRoot('prebuilds')).filter((path) => path.endsWith('.node'));
    const bom = billOfMaterials(addons);
    writeFileSync(file('.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
    return `${bom.components.length} components`;
  });
  await step('provenance and checksums', () => {
    const subjects = [tarball, file('.cdx.json')].map((path) => ({
      name: basename(path),
      sha256: digest('sha256', path),
      sha512: digest('sha512', path),
    }));
    writeFileSync(file('.intoto.json'), `${JSON.stringify(provenance(subjects, started), null, 2)}\n`);
    const all = [...subjects.map(({ name: own }) => join(directory, own)), file('.intoto.json')];
    writeFileSync(
      join(directory, 'SHA256SUMS'),
      all.map((path) => `${digest('sha256', path)}  ${basename(path)}\n`).join(''),
    );
    return 'SHA256SUMS';
  });
  console.log(`\nThe candidate is in ${relative(root, directory)}/:`);
  for (const path of filesBelow(directory)) console.log(`  ${basename(path)}`);
  for (const reservation of reservations()) console.log(`Before it is released: ${reservation}`);
});
