/**
 * Sets up whatever a command of this project needs; what is there and current is left alone.
 *
 *   node scripts/setup.mjs [build | test | ecosystem | demo | bench | load | lint]
 *
 * It is a plain program for Node 20 without any npm package, because it starts on machines where nothing else is.
 */
import { locked } from './libwebrtc/cache.mjs';
import { provideAddon } from './setup/addon.mjs';
import { packages, provideDebianPackages } from './setup/debian.mjs';
import { addonPackages, provideInstallTree } from './setup/install-tree.mjs';
import { provideMediasoupWorker } from './setup/mediasoup.mjs';
import { provideNpmPackages } from './setup/npm.mjs';
import { inRoot, isProgram } from './setup/paths.mjs';
import { SetupError, main } from './setup/report.mjs';
import { provideTypescript } from './setup/typescript.mjs';

/** The Debian packages of each command beside those that build the addon. */
const extra = {
  build: [],
  test: [
    ...packages.browser,
    ...packages.firefox,
    ...packages.turn,
    ...packages.media,
    ...packages.gstreamer,
    ...packages.namespaces,
    ...packages.image,
  ],
  ecosystem: [...packages.browser, ...packages.mediasoup],
  demo: [...packages.browser, ...packages.media],
  bench: [],
  load: packages.media,
  lint: packages.lint,
};

export async function setUp(purpose = 'test') {
  if (!(purpose in extra)) {
    throw new SetupError(`There is no set-up for "${purpose}", only for: ${Object.keys(extra).join(', ')}.`);
  }
  const work = async () => {
    await provideDebianPackages([...(await addonPackages()), ...extra[purpose]]);
    await provideNpmPackages();
    if (purpose === 'bench') await provideNpmPackages('bench');
    if (purpose === 'ecosystem') {
      await provideNpmPackages('test/ecosystem');
      await provideMediasoupWorker();
    }
    await provideAddon(await provideInstallTree());
    await provideTypescript();
  };
  // Two commands started at once share one checkout: the second waits, and then finds everything done.
  let said = false;
  await locked(inRoot('build', 'setup.lock'), work, (holder) => {
    if (!said) process.stderr.write(`  … waits for the set-up of process ${holder}\n`);
    said = true;
  });
}

if (isProgram(import.meta.url)) await main(() => setUp(process.argv[2]));
