/** A reporter for Node's test runner: only what has failed, with the reason, for whoever reads no more than a run's end. */

/** Of a failure that is only its children's, these tell the reason. */
const isOwn = ({ details }) => details.error?.failureType !== 'subtestsFailed';
/** Standard output of a child is long. */
const MOST_LINES = 25;

/** What the test threw, and where; not the runner's own frames. */
function reason({ error }) {
  const cause = error?.cause ?? error;
  const text = String(cause?.stack ?? cause?.message ?? cause);
  const lines = text.split('\n').filter((line) => !line.includes('node:internal'));
  return lines.slice(0, MOST_LINES).map((line) => `    ${line}`);
}

export default async function* failures(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || !isOwn(data)) continue;
    yield [`  ✖ ${data.name} (${data.file ?? ''}:${data.line ?? ''})`, ...reason(data.details), ''].join('\n');
  }
}
