/** libwebrtc's install tree: headers and the static archive that the addon links. */
import { libwebrtcPackages, provideLibwebrtc } from '../libwebrtc/index.mjs';
import { packages } from './debian.mjs';
import { step } from './report.mjs';

/** The Debian packages that the tree and the addon take on this machine. */
export const addonPackages = async () => [...packages.addon, ...(await libwebrtcPackages())];

/** The directory of the tree, provided if it is not there yet. */
export async function provideInstallTree() {
  let tree;
  // A tree that needs nothing of the machine is there; all other ways report their own steps.
  if ((await libwebrtcPackages()).length === 0) {
    await step('libwebrtc', async () => {
      tree = await provideLibwebrtc();
      return 'current';
    });
  } else {
    tree = await provideLibwebrtc();
  }
  return tree;
}
