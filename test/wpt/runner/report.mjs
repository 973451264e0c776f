/** What a run says: the tables by directory. */

/**
 * @typedef {object} Row
 * @property {string} directory
 * @property {number} files @property {number} passed @property {number} subtests
 * @property {number} errors Pages that testharness.js calls an error.
 * @property {number} timeouts @property {number} crashes Includes processes that did not end.
 */

/**
 * Sums up outcomes by directory.
 * @param {Iterable<[import('./discovery.mjs').Test, import('./execution.mjs').Outcome]>} outcomes
 * @returns {Row[]}
 */
export function summarize(outcomes) {
  const rows = new Map();
  for (const [{ directory }, { status, subtests }] of outcomes) {
    if (!rows.has(directory)) rows.set(directory, emptyRow(directory));
    const row = rows.get(directory);
    row.files += 1;
    row.subtests += subtests.length;
    row.passed += subtests.filter((subtest) => subtest.status === 'PASS').length;
    if (status === 'ERROR' || status === 'PRECONDITION_FAILED') row.errors += 1;
    if (status === 'TIMEOUT') row.timeouts += 1;
    if (status === 'CRASH' || status === 'HANG') row.crashes += 1;
  }
  return [...rows.values()].sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

/** @param {Row[]} rows */
export function formatSummary(rows) {
  const total = emptyRow('all');
  for (const row of rows) {
    for (const key of ['files', 'passed', 'subtests', 'errors', 'timeouts', 'crashes']) total[key] += row[key];
  }
  const names = ['directory', 'files', 'passed', 'subtests', 'errors', 'timeouts', 'crashes'];
  const cells = [...rows, ...(rows.length === 1 ? [] : [total])].map((row) => names.map((name) => row[name]));
  return columns([names, ...cells]);
}

function columns(rows) {
  const cells = rows.map((row) => row.map(String));
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  return cells
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '))
    .join('\n');
}

/**
 * Two programs beside each other, by directory.
 * @param {Map<import('./discovery.mjs').Test, import('./execution.mjs').Outcome>} ours
 * @param {Map<import('./discovery.mjs').Test, import('./execution.mjs').Outcome>} theirs
 * @param {string} name What the other one is called.
 */
export function formatComparison(ours, theirs, name) {
  const [here, there] = [summarize(ours), summarize(theirs)].map(
    (rows) => new Map(rows.map((row) => [row.directory, row])),
  );
  const lines = [...new Set([...here.keys(), ...there.keys()])].sort().map((directory) => {
    const [a, b] = [here.get(directory) ?? emptyRow(directory), there.get(directory) ?? emptyRow(directory)];
    return [directory, a.passed, a.subtests, b.passed, b.subtests];
  });
  const total = lines.reduce(
    (sum, row) => sum.map((value, at) => (at === 0 ? value : value + row[at])),
    ['all', 0, 0, 0, 0],
  );
  return columns([['directory', 'passed', 'of', name, 'of'], ...lines, total]);
}

/**
 * Subtests whose result was not the same in all runs, a line each.
 * @param {Map<import('./discovery.mjs').Test, import('./execution.mjs').Outcome>[]} runs
 */
export function varying(runs) {
  const seen = new Map();
  runs.forEach((outcomes, run) => {
    for (const [{ id }, { status, subtests }] of outcomes) {
      for (const [name, result] of [
        ['the page', status],
        ...subtests.map(({ name, status }) => [`«${name}»`, status]),
      ]) {
        const key = `${id} ${name}`;
        if (!seen.has(key)) seen.set(key, Array(runs.length).fill('-'));
        seen.get(key)[run] = result;
      }
    }
  });
  return [...seen]
    .filter(([, results]) => new Set(results).size > 1)
    .map(([key, results]) => `${key}: ${results.join(' ')}`);
}

function emptyRow(directory) {
  return { directory, files: 0, passed: 0, subtests: 0, errors: 0, timeouts: 0, crashes: 0 };
}
