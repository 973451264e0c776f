/**
 * Where a release comes from, as an in-toto statement with SLSA's predicate, unsigned: a build service that publishes
 * the tarball signs one of its own (`npm publish --provenance`), and this one says what that must agree with.
 */
import { spawnSync } from 'node:child_process';
import { packages as sources } from '../libwebrtc/sources.mjs';
import { root } from '../setup/paths.mjs';

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The commit of the checkout, and whether the checkout is what it says. */
export function commit() {
  const id = git('rev-parse', 'HEAD');
  return id === undefined ? undefined : { id, clean: git('status', '--porcelain') === '' };
}

/**
 * @param {{ name: string, sha256: string, sha512: string }[]} subjects the files of the release
 * @param {Date} started when the build began
 */
export function provenance(subjects, started) {
  const head = commit();
  const materials = sources.flatMap(({ name, version, upstream, debian }) =>
    [upstream, debian].filter(Boolean).map(({ file, sha256 }) => ({
      uri: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=source#${encodeURIComponent(file)}`,
      digest: { sha256 },
    })),
  );
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(({ name, sha256, sha512 }) => ({ name, digest: { sha256, sha512 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:node-libwebrtc:npm-run-release',
        externalParameters: { command: 'npm run release', clean: head?.clean ?? false },
        internalParameters: { node: process.version, platform: process.platform, arch: process.arch },
        resolvedDependencies: [
          ...(head === undefined ? [] : [{ uri: 'git+checkout', digest: { gitCommit: head.id } }]),
          ...materials,
        ],
      },
      runDetails: {
        builder: { id: 'urn:node-libwebrtc:checkout' },
        metadata: { startedOn: started.toISOString(), finishedOn: new Date().toISOString() },
      },
    },
  };
}
