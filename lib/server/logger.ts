/** Structured logs: one line of JSON for each event. */
import type { ServerLogLevel } from './settings';

/** What stands in a log line beside its time, its level and its message. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

const LEVELS: readonly ServerLogLevel[] = ['debug', 'info', 'warning', 'error', 'none'];

/** Writes log lines. */
export class Logger {
  readonly #threshold: number;
  readonly #write: (line: string) => void;
  readonly #context: LogFields;

  /**
   * @param level the least severe level that is written
   * @param write takes a line without its end
   * @param context fields of every line
   */
  constructor(level: ServerLogLevel, write: (line: string) => void, context: LogFields = {}) {
    this.#threshold = LEVELS.indexOf(level);
    this.#write = write;
    this.#context = context;
  }

  /** A logger whose lines have more fields. */
  with(context: LogFields): Logger {
    return new Logger(LEVELS[this.#threshold] ?? 'none', this.#write, { ...this.#context, ...context });
  }

  debug(message: string, fields?: LogFields): void {
    this.#line('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#line('info', message, fields);
  }

  warning(message: string, fields?: LogFields): void {
    this.#line('warning', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#line('error', message, fields);
  }

  #line(level: ServerLogLevel, message: string, fields?: LogFields): void {
    if (LEVELS.indexOf(level) < this.#threshold) return;
    this.#write(JSON.stringify({ time: new Date().toISOString(), level, message, ...this.#context, ...fields }));
  }
}
