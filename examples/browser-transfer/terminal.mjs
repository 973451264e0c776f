/** What the demo shows on the terminal: a live line for each step (or plain lines where there is no terminal), and the table. */

const MIB = 1024 * 1024;
const DIRECTION = { node: 'Node → browser', browser: 'browser → Node' };

const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const amount = (kind, value) => (kind === 'file' ? `${number(value / MIB, 1)} MiB` : `${number(value)} messages`);

/** Shows the progress of the current step on one line that is written over; without a terminal at every quarter. */
export class ProgressLine {
  #out;
  #index = -1;
  #shown = 0;
  #quarter = 0;

  constructor(out = process.stdout) {
    this.#out = out;
  }

  update(index, step, done) {
    if (index !== this.#index) {
      this.#index = index;
      this.#shown = 0;
      this.#quarter = 0;
    }
    const part = done / step.amount;
    const label = `  ${step.kind.padEnd(8)}  ${DIRECTION[step.from]}`;
    if (this.#out.isTTY) {
      const now = performance.now();
      if (now - this.#shown < 80) return;
      this.#shown = now;
      const filled = Math.min(24, Math.round(part * 24));
      const bar = '█'.repeat(filled) + '░'.repeat(24 - filled);
      this.#out.write(`\r\x1b[2K${label}  ${bar}  ${amount(step.kind, done)}`);
    } else if (Math.floor(part * 4) > this.#quarter && part < 1) {
      this.#quarter = Math.floor(part * 4);
      this.#out.write(`${label}  ${String(this.#quarter * 25).padStart(3)}%  ${amount(step.kind, done)}\n`);
    }
  }

  finish(step, result) {
    const mark = result.ok ? 'ok' : 'FAILED';
    const clear = this.#out.isTTY ? '\r\x1b[2K' : '';
    const label = `  ${step.kind.padEnd(8)}  ${DIRECTION[step.from]}`;
    this.#out.write(
      `${clear}${label}  100%  ${amount(step.kind, step.amount)} in ${number(result.seconds, 2)} s: ${mark}\n`,
    );
  }

  /** Ends the live line, so that something else can be written. */
  clear() {
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
  }
}

/** The results as a table. */
export function table(results) {
  const head = ['what', 'direction', 'bytes', 'seconds', 'MB/s', 'messages/s', 'check', ''];
  const rows = results.map((result) => [
    result.kind,
    DIRECTION[result.from],
    number(result.bytes),
    number(result.seconds, 2),
    number(result.bytes / result.seconds / 1e6, 1),
    number(result.messages / result.seconds),
    result.detail,
    result.ok ? 'ok' : 'FAILED',
  ]);
  const rightAligned = new Set([2, 3, 4, 5]);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => (rightAligned.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
