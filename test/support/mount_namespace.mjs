/** Mount namespaces: what is mounted in one is seen by nobody else, and goes with it. */
import { spawnSync } from 'node:child_process';

const ways = [
  ['--mount', '--propagation', 'private'],
  ['--user', '--map-root-user', '--mount', '--propagation', 'private'],
  // In a chroot, whose root is no mount that could be made private.
  ['--mount', '--propagation', 'unchanged'],
];

const attempts = ways.map((options) => {
  const { status, stderr, error } = spawnSync('unshare', [...options, 'true'], { encoding: 'utf8' });
  return { options, works: status === 0, complaint: error?.message ?? stderr.trim() };
});

/** The options of `unshare` that make one here, with the rights there are; `undefined` if none do. */
export const mountNamespace = attempts.find(({ works }) => works)?.options;

/**
 * The same, for who cannot do without.
 *
 * @throws {Error} with what is needed
 */
export function requireMountNamespace() {
  if (mountNamespace !== undefined) return mountNamespace;
  throw new Error(
    'This test needs a mount namespace, and none can be made here: it takes root with CAP_SYS_ADMIN, or a kernel that ' +
      `lets users make user namespaces. ${attempts.map(({ complaint }) => complaint).join('; ')}`,
  );
}
