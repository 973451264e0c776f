/** libwebrtc's install tree: headers and the static archive that the addon links. */
import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const load = async () =>
  existsSync(inRoot('scripts/libwebrtc/index.mjs')) ? import('../libwebrtc/index.mjs') : undefined;

/** The Debian packages that getting the tree takes on this machine: none where it is there already. */
export const treePackages = async () => (await load())?.libwebrtcPackages() ?? [];

/** The directory of the tree, provided if it is not there yet. */
export const provideInstallTree = async () => (await load())?.provideLibwebrtc() ?? process.env.LIBWEBRTC_DIR;
