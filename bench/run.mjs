// Runs every scenario with every library, interleaved, and prints medians and the ratios to the best peer.
//   node run.mjs [--rounds 3] [--seconds 5] [--only connect,throughput] [--libraries a,b] [--json file]
//   node run.mjs media …                             the scenarios of raw media alone
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { names } from './libraries/index.mjs';
import { scenarios } from './scenarios/index.mjs';
import { mediaLibraries, mediaScenarios } from './scenarios/media.mjs';
import { median } from './statistics.mjs';
import { table } from './table.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string' },
    libraries: { type: 'string' },
    json: { type: 'string' },
  },
});
const media = positionals.includes('media');
const chosen = options.only?.split(',') ?? Object.keys(media ? mediaScenarios : scenarios);
const libraries = options.libraries?.split(',') ?? (media ? mediaLibraries : names);
const TIME_LIMIT = 420_000;

/** Runs one scenario in a child process; a crash or a hang is a result too. */
function runChild(library, scenario) {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL('./scenario.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', path, library, scenario, options.seconds], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT,
      killSignal: 'SIGABRT',
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors += data));
    child.on('close', (code, signal) => {
      const last = output.trim().split('\n').at(-1);
      if (last.startsWith('{')) resolve(JSON.parse(last));
      else resolve({ error: (errors.trim().split('\n').at(-1) || `ended with ${signal ?? code}`).slice(0, 200) });
    });
  });
}

const versionOf = (name) =>
  JSON.parse(
    readFileSync(
      new URL(name === 'node-libwebrtc' ? '../package.json' : `./node_modules/${name}/package.json`, import.meta.url),
    ),
  ).version;

const results = Object.fromEntries(libraries.map((name) => [name, {}]));
const failures = [];
for (const scenario of chosen) {
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const library of libraries) {
      if (scenario in mediaScenarios && !mediaLibraries.includes(library)) continue;
      process.stderr.write(`${scenario} ${round}/${options.rounds} ${library} …\n`);
      const figures = await runChild(library, scenario);
      if (figures.error) failures.push(`${library}, ${scenario}, round ${round}: ${figures.error}`);
      else for (const [figure, value] of Object.entries(figures)) (results[library][figure] ??= []).push(value);
    }
  }
}

const medians = Object.fromEntries(
  libraries.map((name) => [
    name,
    Object.fromEntries(Object.entries(results[name]).map(([figure, values]) => [figure, median(values)])),
  ]),
);
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, ` +
    `median of ${options.rounds} interleaved rounds`,
);
console.log(libraries.map((name) => `${name} ${versionOf(name)}`).join(', '));
console.log(table(medians, libraries));
for (const failure of failures) console.log(`failed: ${failure}`);
if (options.json) writeFileSync(options.json, JSON.stringify({ medians, results, failures }, null, 2));
