// How long a process takes to load a library, and from there to its first offer: each in processes of their own,
// interleaved, medians.
//   node start.mjs [--rounds 10]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './statistics.mjs';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What each is called, how it is loaded, and where it is. */
const libraries = [
  ['node-libwebrtc, require', `require(${JSON.stringify(here('../dist/index.js'))})`, '../dist'],
  ['node-libwebrtc, import', `await import(${JSON.stringify(here('../dist/index.mjs'))})`, '../dist'],
  ['@roamhq/wrtc', `require(${JSON.stringify(here('node_modules/@roamhq/wrtc'))})`, 'node_modules/@roamhq/wrtc'],
  ['node-datachannel', "await import('node-datachannel/polyfill')", 'node_modules/node-datachannel'],
  ['werift', "await import('werift')", 'node_modules/werift'],
].filter(([, , path]) => existsSync(here(path)));

const program = (load) => `
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  const start = performance.now();
  const { RTCPeerConnection } = ${load};
  const loaded = performance.now();
  const connection = new RTCPeerConnection();
  connection.createDataChannel('first');
  await connection.createOffer();
  const offered = performance.now();
  console.log(JSON.stringify({ load: loaded - start, offer: offered - loaded, all: offered }));
  process.exit();
`;

const results = new Map(libraries.map(([name]) => [name, []]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, load] of libraries) {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program(load)], {
      cwd: here('.'),
      encoding: 'utf8',
    });
    const line = stdout.trim().split('\n').at(-1);
    if (line === '') throw new Error(`${name}: ${stderr}`);
    results.get(name).push(JSON.parse(line));
  }
}

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, ` +
    `median of ${options.rounds} interleaved rounds, in milliseconds\n`,
);
console.log('| | load | from there to the first offer | from the start of the process |');
console.log('| --- | --: | --: | --: |');
for (const [name, rounds] of results) {
  const of = (figure) => median(rounds.map((round) => round[figure])).toFixed(1);
  console.log(`| ${name} | ${of('load')} | ${of('offer')} | ${of('all')} |`);
}
