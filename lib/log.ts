import { native, type NativeLogLevel, type NativeLogRecord } from './native';
import { enumeration, operation } from './webidl';

/** How much libwebrtc logs: each level includes those after it; `none` is silence, which is what it starts with. */
export type LogLevel = NativeLogLevel;

/** One line of libwebrtc's log. */
export type LogRecord = NativeLogRecord;

const logLevel = enumeration('LogLevel', ['verbose', 'info', 'warning', 'error', 'none']);
const setting = operation('node-libwebrtc', 'setLogLevel');

/** Switches the log off, which it is in the beginning. */
export function setLogLevel(level: 'none'): void;
/**
 * Hands libwebrtc's log lines to a function. Nothing is ever written to stderr by the package itself.
 *
 * ```js
 * setLogLevel('warning', ({ level, message, file, line }) => console.error(`[${level}] ${message} (${file}:${line})`));
 * setLogLevel('none');
 * ```
 *
 * @param level - the least severe level wanted: `verbose`, `info`, `warning`, `error`, or `none` to switch it off.
 * @param handler - called with each record in a task of its own, on the thread (main or worker) that set it; required
 * unless `level` is `none`. It replaces the one set before.
 * @throws TypeError when the level is unknown or the handler is no function.
 */
export function setLogLevel(level: LogLevel, handler: (record: LogRecord) => void): void;
export function setLogLevel(level: LogLevel, handler?: (record: LogRecord) => void): void {
  const wanted = logLevel(level, setting.parameter(1));
  if (wanted === 'none') {
    native.setLogLevel('none', null);
    return;
  }
  if (typeof handler !== 'function') throw new TypeError(`${setting.parameter(2)} is not a function.`);
  native.setLogLevel(wanted, handler);
}
