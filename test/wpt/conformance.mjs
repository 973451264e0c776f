/**
 * Writes docs/conformance.md out of runs of the platform tests:
 *
 *   npm run wpt -- --browser --json results.json
 *   npm run wpt -- --library werift --json werift.json
 *   npm run wpt -- --json again.json
 *   node test/wpt/conformance.mjs results.json --library werift=werift.json --again again.json
 *
 * `--library` can be given for each library, `--again` for each further run of this package.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { varying } from './runner/report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

const {
  values: { library: libraries, again },
  positionals: [ours],
} = parseArgs({
  allowPositionals: true,
  options: {
    library: { type: 'string', multiple: true, default: [] },
    again: { type: 'string', multiple: true, default: [] },
  },
});
if (ours === undefined) {
  throw new Error('Usage: node test/wpt/conformance.mjs results.json [--library name=file ...] [--again file ...]');
}
const here_ = readJson(ours).results;
const chromium = readJson(ours.replace(/(\.json)?$/, '-chromium.json')).results;
const others = libraries.map((argument) => {
  const [name, path] = argument.split('=');
  return { name, results: readJson(path).results };
});

// ---- By directory

const passed = ({ subtests }) => subtests.filter(({ status }) => status === 'PASS').length;
const directoryOf = (id) => id.split('/')[1];
const directories = [...new Set([...here_, ...chromium].map(({ id }) => directoryOf(id)))].sort();
const sum = (results, directory, count) =>
  results
    .filter(({ id }) => directory === null || directoryOf(id) === directory)
    .reduce((total, result) => total + count(result), 0);
const columns = [
  ['this package', here_],
  ['Chromium', chromium],
  ...others.map(({ name, results }) => [name, results]),
];
const row = (title, directory) => {
  const all = Math.max(
    ...[here_, chromium].map((results) => sum(results, directory, ({ subtests }) => subtests.length)),
  );
  // A library may have been given some of the directories alone.
  const has = (results) =>
    (directory === null ? directories : [directory]).every((name) =>
      results.some(({ id }) => directoryOf(id) === name),
    );
  const cells = columns.map(([, results]) => (has(results) ? sum(results, directory, passed) : '–'));
  return `| ${[title, all, ...cells].join(' | ')} |`;
};
const table = [
  `| directory | subtests | ${columns.map(([name]) => name).join(' | ')} |`,
  `| --- | --: | ${columns.map(() => '--:').join(' | ')} |`,
  ...directories.map((directory) => row(`\`${directory}\``, directory)),
  row('all', null),
];

// ---- Expectations

const listed = new Map();
const reasons = readdirSync(here('./expectations'))
  .sort()
  .flatMap((file) => {
    const { reasons: texts, tests } = readJson(here(`./expectations/${file}`));
    const uses = new Map();
    for (const [id, { harness, failing = {} }] of Object.entries(tests)) {
      const named = ([status, key]) => ({ status, reason: texts[key] ?? key });
      listed.set(id, {
        harness: harness && named(harness),
        failing: new Map(Object.entries(failing).map(([name, entry]) => [name, named(entry)])),
      });
      const entries = Object.values(failing);
      // A page that does not end counts where none of its subtests says why.
      for (const [, key] of entries.length > 0 ? entries : harness ? [harness] : []) {
        uses.set(key, (uses.get(key) ?? 0) + 1);
      }
    }
    if (uses.size === 0) return [];
    const lines = [...uses].map(([key, times]) => `| ${times} | ${cell(texts[key] ?? key)} |`);
    return [`### \`${file.replace('.json', '')}\``, '', '| subtests | why |', '| --: | --- |', ...lines, ''];
  });
const whyOf = (id, name) => {
  const { harness, failing } = listed.get(id) ?? {};
  return (
    (name === null ? undefined : failing?.get(name))?.reason ?? harness?.reason ?? 'not listed: it passed in other runs'
  );
};

// ---- What Chromium passes

const inChromium = new Map(chromium.map((result) => [result.id, result]));
const ahead = new Map();
const pages = [];
for (const { id, status, subtests } of here_) {
  const there = inChromium.get(id);
  if (!there) continue;
  const passing = new Set(there.subtests.filter((subtest) => subtest.status === 'PASS').map(({ name }) => name));
  for (const subtest of subtests) {
    if (subtest.status === 'PASS' || !passing.has(subtest.name)) continue;
    const why = whyOf(id, subtest.name);
    ahead.set(why, (ahead.get(why) ?? 0) + 1);
  }
  if (status !== 'OK' && there.status === 'OK') pages.push(`- \`${id}\`: ${status}: ${whyOf(id, null)}`);
}
const behind = here_.reduce((count, { id, subtests }) => {
  const there = new Map((inChromium.get(id)?.subtests ?? []).map((subtest) => [subtest.name, subtest.status]));
  return count + subtests.filter(({ name, status }) => status === 'PASS' && there.get(name) !== 'PASS').length;
}, 0);
const compared = [
  '## What Chromium passes and this package does not',
  '',
  '| subtests | why |',
  '| --: | --- |',
  ...[...ahead].sort(([, a], [, b]) => b - a).map(([why, times]) => `| ${times} | ${cell(why)} |`),
  '',
  `The other way round it is ${behind} subtests. Pages that end with an error or not at all here, and in Chromium do not:`,
  '',
  ...(pages.length > 0 ? pages : ['- none']),
  '',
];

// ---- Several runs

const runs = [ours, ...again].map(
  (path) => new Map(readJson(path).results.map((result) => [{ id: result.id }, result])),
);
const crashes = runs
  .flatMap((run) => [...run.values()])
  .filter(({ status }) => status === 'CRASH' || status === 'HANG');
const isRace = (line) => {
  const [, id, name] = /^(\S.*?) (the page|«.*»): [^:]*$/s.exec(line) ?? [];
  const entry = name === 'the page' ? listed.get(id)?.harness : listed.get(id)?.failing.get(name?.slice(1, -1));
  return entry?.status.includes('|') ? entry.reason : null;
};
const flakes =
  again.length === 0
    ? []
    : (() => {
        const lines = varying(runs);
        const overload =
          'not listed as a race: the test counts on a machine that does things in time, and this one was busy';
        const describe = (line) => `- ${line}\n  — ${isRace(line) ?? overload}`;
        return [
          `## ${runs.length} runs`,
          '',
          `Everything ${runs.length} times, on a machine with 2 cores that had other work to do, too: ${crashes.length} crashes and hangs, and ` +
            `${lines.length} results that were not the same each time.`,
          '',
          ...lines.map(describe),
          '',
        ];
      })();

const text = [
  '# Conformance',
  '',
  'What the [web platform tests](https://github.com/web-platform-tests/wpt) say about this package, about Chromium and about',
  'other libraries for Node.js, run on one machine. [test/wpt/README.md](../test/wpt/README.md) tells how tests are run without a',
  'browser, and how this page is made (`test/wpt/conformance.mjs`).',
  '',
  '## By directory',
  '',
  'Subtests that pass.',
  '',
  ...table,
  '',
  '`node-libwebrtc` are tests of the IDL files for which the platform tests have none. The other libraries are given the same',
  'pages under the same names, and 15 seconds for each; what they do not have fails.',
  '',
  ...compared,
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
