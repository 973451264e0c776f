/** What npm runs before it packs the package, and after it has installed a checkout's packages: compiles TypeScript. */
import { existsSync } from 'node:fs';
import { inRoot } from './setup/paths.mjs';
import { main } from './setup/report.mjs';
import { provideTypescript } from './setup/typescript.mjs';

await main(async () => {
  // `npm install --omit=dev` in a checkout wants no compiler.
  if (existsSync(inRoot('node_modules/typescript'))) await provideTypescript();
});
