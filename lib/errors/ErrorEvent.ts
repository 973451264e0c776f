import {
  DOMString,
  USVString,
  any,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  trusted,
  unsignedLong,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';

/** Argument of the constructor of {@link ErrorEvent}. */
export interface ErrorEventInit extends EventInit {
  /** What has gone wrong, in words. */
  message?: string;
  /** The script in which it has. */
  filename?: string;
  /** Line of the script, from 1; 0 where it is not known. */
  lineno?: number;
  /** Column of the script, from 1; 0 where it is not known. */
  colno?: number;
  /** What has gone wrong. */
  error?: unknown;
}

interface Members {
  message: string;
  filename: string;
  lineno: number;
  colno: number;
  error?: unknown;
}

const errorEventInit = dictionary<ConvertedEventInit & Members, ConvertedEventInit>(
  'ErrorEventInit',
  {
    message: { type: DOMString, default: '' },
    filename: { type: USVString, default: '' },
    lineno: { type: unsignedLong, default: 0 },
    colno: { type: unsignedLong, default: 0 },
    error: { type: any },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('ErrorEvent');

/**
 * Something has failed.
 *
 * Implements HTML, section 8.1.4.4 (the ErrorEvent interface).
 */
export class ErrorEvent extends Event {
  readonly #members: Members;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit` and what failed
   */
  constructor(type: string, eventInitDict: ErrorEventInit = {}) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    super(eventType, eventInitDict);
    this.#members = errorEventInit(eventInitDict, CONSTRUCT.parameter(2));
  }

  /** What failed, in words. */
  get message(): string {
    return this.#members.message;
  }

  /** The script in which it failed; empty where none is at fault. */
  get filename(): string {
    return this.#members.filename;
  }

  /** The line in it. */
  get lineno(): number {
    return this.#members.lineno;
  }

  /** The column in that. */
  get colno(): number {
    return this.#members.colno;
  }

  /** What was thrown, or would have been. */
  get error(): unknown {
    return this.#members.error;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}

/** A trusted `error` event. It is of the runtime's own class where there is one: scripts ask `instanceof ErrorEvent`. */
export function makeErrorEvent(error: Error): ErrorEvent {
  const { ErrorEvent: Own = ErrorEvent } = globalThis as { ErrorEvent?: typeof ErrorEvent };
  return new Own('error', trusted({ message: error.message, error }));
}
