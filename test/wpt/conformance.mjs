/**
 * Writes docs/conformance.md out of one run beside Chromium:
 *
 *   npm run wpt -- --browser --json results.json
 *   node test/wpt/conformance.mjs results.json [--repeated log]
 *
 * `log` is what a run with `--repeat` has printed.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const {
  values: { repeated },
  positionals: [ours],
} = parseArgs({ allowPositionals: true, options: { repeated: { type: 'string' } } });
if (ours === undefined) throw new Error('Usage: node test/wpt/conformance.mjs results.json [--repeated log]');
const theirs = ours.replace(/(\.json)?$/, '-chromium.json');

/** Passed and all subtests by top-level directory. */
function count({ results }) {
  const rows = new Map();
  for (const { id, subtests } of results) {
    const directory = id.split('/')[1];
    const row = rows.get(directory) ?? { passed: 0, all: 0 };
    row.passed += subtests.filter(({ status }) => status === 'PASS').length;
    row.all += subtests.length;
    rows.set(directory, row);
  }
  return rows;
}

const [here_, there] = [ours, theirs].map((path) => count(readJson(path)));
const directories = [...new Set([...here_.keys(), ...there.keys()])].sort();
const none = { passed: 0, all: 0 };
const total = (rows) =>
  [...rows.values()].reduce((sum, row) => ({ passed: sum.passed + row.passed, all: sum.all + row.all }), none);
const cell = ({ passed, all }) => `${passed} of ${all}`;
const table = [
  '| directory | this package | Chromium |',
  '| --- | --: | --: |',
  ...directories.map((name) => `| \`${name}\` | ${cell(here_.get(name) ?? none)} | ${cell(there.get(name) ?? none)} |`),
  `| all | ${cell(total(here_))} | ${cell(total(there))} |`,
];

/** Each reason with how many subtests and pages it is for. */
const reasons = readdirSync(here('./expectations'))
  .sort()
  .flatMap((file) => {
    const { reasons: texts, tests } = readJson(here(`./expectations/${file}`));
    const uses = new Map();
    for (const { harness, failing = {} } of Object.values(tests)) {
      const entries = Object.values(failing);
      // A page that does not end counts where none of its subtests says why.
      for (const [, key] of entries.length > 0 ? entries : harness ? [harness] : []) {
        uses.set(key, (uses.get(key) ?? 0) + 1);
      }
    }
    if (uses.size === 0) return [];
    const lines = [...uses].map(([key, times]) => `| ${times} | ${(texts[key] ?? key).replaceAll('|', '\\|')} |`);
    return [`### \`${file.replace('.json', '')}\``, '', '| subtests | why |', '| --: | --- |', ...lines, ''];
  });

const varying =
  repeated === undefined
    ? []
    : /\d+ results differ between \d+ runs\n(?: {2}.*\n)*/.exec(readFileSync(repeated, 'utf8'));
const flakes =
  repeated === undefined || varying === null
    ? []
    : [
        '## Several runs',
        '',
        ...varying[0]
          .trim()
          .split('\n')
          .map((line, at) => (at === 0 ? `${line.trim()}:\n` : `- ${line.trim()}`)),
        '',
      ];

const text = [
  '# Conformance',
  '',
  'What the [web platform tests](https://github.com/web-platform-tests/wpt) say about this package and about Chromium, in one',
  'run on one machine: `npm run wpt -- --browser --json results.json`, then `node test/wpt/conformance.mjs results.json`, which',
  'writes this page. [test/wpt/README.md](../test/wpt/README.md) tells how tests are run without a browser.',
  '',
  ...table,
  '',
  '`node-libwebrtc` are tests of the IDL files for which the platform tests have none.',
  '',
  '## What does not pass, and why',
  '',
  'Out of `test/wpt/expectations`, where each subtest is listed. Where timing decides, the subtest passes in some runs.',
  '',
  ...reasons,
  ...flakes,
].join('\n');
writeFileSync(
  here('../../docs/conformance.md'),
  await format(text, { ...readJson(here('../../.prettierrc.json')), parser: 'markdown' }),
);
