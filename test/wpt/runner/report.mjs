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
  const columns = ['directory', 'files', 'passed', 'subtests', 'errors', 'timeouts', 'crashes'];
  const cells = [...rows, ...(rows.length === 1 ? [] : [total])].map((row) =>
    columns.map((column) => String(row[column])),
  );
  const widths = columns.map((column, at) => Math.max(column.length, ...cells.map((row) => row[at].length)));
  const line = (row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ');
  return [line(columns), ...cells.map(line)].join('\n');
}

function emptyRow(directory) {
  return { directory, files: 0, passed: 0, subtests: 0, errors: 0, timeouts: 0, crashes: 0 };
}
