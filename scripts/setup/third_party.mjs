/**
 * The parts of npm packages that the published JavaScript carries itself, so that nobody has to install the whole of
 * them: what is used is taken out of the installed package when the package is built, and nothing of it is in the
 * repository.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { inRoot, root } from './paths.mjs';

const require = createRequire(import.meta.url);
const packageOf = (name) => JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));

/** What `lib/recording/mediabunny.ts` describes. */
const MEDIABUNNY = [
  'EncodedAudioPacketSource',
  'EncodedPacket',
  'EncodedVideoPacketSource',
  'MkvOutputFormat',
  'Mp4OutputFormat',
  'NullTarget',
  'Output',
  'WebMOutputFormat',
];

/** What decides what {@link writeThirdParty} writes. */
export const thirdPartyVersions = () => [
  MEDIABUNNY,
  ...['mediabunny', 'esbuild'].map((name) => packageOf(name).version),
];

/**
 * Writes `dist/third_party/`: the used part of Mediabunny as one CommonJS module, readable as it is in its package, and
 * its licence.
 *
 * @returns {string[]} the files
 */
export function writeThirdParty() {
  const { version } = packageOf('mediabunny');
  const module = inRoot('dist/third_party/mediabunny.js');
  const licence = inRoot('dist/third_party/mediabunny.LICENSE.txt');
  const { outputFiles } = require('esbuild').buildSync({
    // An ES module, so that esbuild takes Mediabunny's ES modules, of which it can leave out what is not used.
    stdin: { contents: `export { ${MEDIABUNNY.join(', ')} } from 'mediabunny';`, resolveDir: root },
    banner: {
      js: [
        `/* The part of Mediabunny ${version} that this package uses, as esbuild puts it together: unchanged otherwise.`,
        ' * This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0, whose text is in',
        ` * mediabunny.LICENSE.txt beside this file. The whole of its source is the npm package mediabunny@${version}. */`,
      ].join('\n'),
    },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'inline',
    logLevel: 'error',
    write: false,
  });
  mkdirSync(dirname(module), { recursive: true });
  writeFileSync(module, outputFiles[0].contents);
  writeFileSync(licence, readFileSync(inRoot('node_modules/mediabunny/LICENSE')));
  return [module, licence];
}
