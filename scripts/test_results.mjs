/**
 * A reporter for Node's test runner that tells a program what came of each test: a line of JSON for one that has passed
 * or failed, with the reason. Suites, which only hold tests, are none.
 */

import { relative } from 'node:path';

/** Standard output of a child is long. */
const MOST_LINES = 25;

/** What the test threw, and where; not the runner's own frames. */
function reason({ error }) {
  const cause = error?.cause ?? error;
  const text = String(cause?.stack ?? cause?.message ?? cause);
  const lines = text.split('\n').filter((line) => !line.includes('node:internal'));
  return lines.slice(0, MOST_LINES);
}

/** A suite fails with its tests, and a test with its subtests: these have told the reason. */
const tells = ({ details }) => details.error?.failureType !== 'subtestsFailed';

export default async function* results(events) {
  for await (const { type, data } of events) {
    const { name, file, line, details } = data;
    if (type === 'test:pass' && details.type !== 'suite' && data.skip === undefined && data.todo === undefined) {
      yield `${JSON.stringify({ name, passed: true })}\n`;
    } else if (type === 'test:fail' && (details.type !== 'suite' || tells(data))) {
      const told = tells(data) ? { at: `${relative('', file ?? '')}:${line ?? ''}`, reason: reason(details) } : {};
      yield `${JSON.stringify({ name, passed: false, ...told })}\n`;
    }
  }
}
