/** How settings are read from the text of a flag or an environment variable. */

/** A setting that cannot be read or has a value that it must not have. */
export class SettingError extends Error {
  /** `SettingError`. */
  override name = 'SettingError';
}

/** A kind of value. */
export interface SettingType<T> {
  /** What stands for the value in the help; empty for a switch. */
  readonly placeholder: string;
  /** @throws SettingError when the text is no such value */
  parse: (text: string) => T;
  /** @throws SettingError when a value that a program gave is none */
  check: (value: T) => void;
  /** The value as the help shows it. */
  format: (value: T) => string;
}

const fail = (message: string): never => {
  throw new SettingError(message);
};

/** Any text. */
export const text = (placeholder: string, pattern?: RegExp): SettingType<string> => {
  const check = (value: string) => {
    if (typeof value !== 'string') fail('is no text');
    if (pattern !== undefined && !pattern.test(value)) fail(`"${value}" is not of the form ${placeholder}`);
  };
  return {
    placeholder,
    check,
    parse: (value) => {
      check(value);
      return value;
    },
    format: (value) => value,
  };
};

/** One of some words. */
export const choice = <T extends string>(words: readonly T[]): SettingType<T> => {
  const check = (value: string) => {
    if (!(words as readonly string[]).includes(value)) fail(`"${value}" is none of: ${words.join(', ')}`);
  };
  return {
    placeholder: words.join('|'),
    check,
    parse: (value) => {
      check(value);
      return value as T;
    },
    format: (value) => value,
  };
};

/** Words of a set, separated by commas; the order counts. */
export const choices = <T extends string>(words: readonly T[]): SettingType<readonly T[]> => {
  const one = choice(words);
  const check = (values: readonly T[]) => {
    if (!Array.isArray(values) || values.length === 0) fail('is empty');
    for (const value of values) one.check(value);
  };
  return {
    placeholder: 'LIST',
    check,
    parse: (value) => {
      const values = value
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '') as T[];
      check(values);
      return values;
    },
    format: (values) => values.join(','),
  };
};

/** Texts, separated by commas. */
export const texts = (placeholder: string): SettingType<readonly string[]> => ({
  placeholder,
  check: (values) => {
    if (!Array.isArray(values) || values.some((value) => typeof value !== 'string')) fail('is no list of texts');
  },
  parse: (value) =>
    value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  format: (values) => values.join(','),
});

/** A switch: `true` where the flag stands alone. */
export const flag: SettingType<boolean> = {
  placeholder: '',
  check: (value) => {
    if (typeof value !== 'boolean') fail('is neither true nor false');
  },
  parse: (value) => {
    if (/^(1|true|yes|on)$/i.test(value)) return true;
    if (/^(0|false|no|off|)$/i.test(value)) return false;
    return fail(`"${value}" is neither true nor false`);
  },
  format: (value) => (value ? 'on' : 'off'),
};

interface Range {
  min?: number;
  max?: number;
}

function inRange(value: number, { min = 0, max = Number.MAX_SAFE_INTEGER }: Range, what: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
    fail(`${value} is no ${what} from ${min} to ${max}`);
  }
}

/** A whole number. */
export const integer = (placeholder: string, range: Range = {}): SettingType<number> => {
  const check = (value: number) => {
    inRange(value, range, 'number');
    if (!Number.isInteger(value)) fail(`${value} is not whole`);
  };
  return {
    placeholder,
    check,
    parse: (value) => {
      if (!/^\d+$/.test(value)) fail(`"${value}" is no whole number`);
      check(Number(value));
      return Number(value);
    },
    format: String,
  };
};

/** A number with a unit behind it: the first unit is the one of a bare number. */
function scaled(placeholder: string, units: ReadonlyMap<string, number>, range: Range): SettingType<number> {
  const names = [...units.keys()];
  const check = (value: number) => {
    inRange(value, range, 'value');
  };
  return {
    placeholder,
    check,
    parse: (value) => {
      const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
      const unit = match?.[2]?.toLowerCase() ?? '';
      const name = unit === '' ? names[0] : names.find((known) => known.toLowerCase() === unit);
      if (match === null || name === undefined) {
        return fail(`"${value}" is no number with one of the units ${names.join(', ')}`);
      }
      const number = Number(match[1]) * units.get(name)!;
      check(number);
      return number;
    },
    format: (value) => {
      if (value === 0) return '0';
      // The largest unit that leaves a short number.
      const [name, size] = [...units].findLast(([, size]) => value >= size && Number.isInteger(value / size)) ?? [
        names[0],
        1,
      ];
      return `${value / size}${name}`;
    },
  };
}

const BYTES = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['KiB', 2 ** 10],
  ['MB', 1e6],
  ['MiB', 2 ** 20],
  ['GB', 1e9],
  ['GiB', 2 ** 30],
  ['TB', 1e12],
  ['TiB', 2 ** 40],
]);
const SECONDS = new Map([
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86400],
]);
const BITS = new Map([
  ['bit/s', 1],
  ['k', 1e3],
  ['M', 1e6],
]);

/** A number of bytes. */
export const bytes = (range: Range = {}): SettingType<number> => scaled('SIZE', BYTES, range);
/** A number of seconds. */
export const seconds = (range: Range = {}): SettingType<number> => scaled('TIME', SECONDS, range);
/** Bits in a second. */
export const bitrate = (range: Range = {}): SettingType<number> => scaled('RATE', BITS, range);

/** A range of ports, `40000-40100`, or nothing. */
export const ports: SettingType<{ min: number; max: number } | null> = {
  placeholder: 'MIN-MAX',
  check: (value) => {
    if (value === null) return;
    for (const port of [value.min, value.max]) inRange(port, { min: 1, max: 65535 }, 'port');
    if (value.min > value.max) fail(`${value.min} is above ${value.max}`);
  },
  parse: (value) => {
    const match = /^(\d+)-(\d+)$/.exec(value.trim());
    if (match === null) return fail(`"${value}" is not of the form MIN-MAX`);
    const range = { min: Number(match[1]), max: Number(match[2]) };
    ports.check(range);
    return range;
  },
  format: (value) => (value === null ? 'any' : `${value.min}-${value.max}`),
};

/** An ICE server as `RTCConfiguration` has it. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** ICE servers as JSON, the way `RTCConfiguration.iceServers` spells them. */
export const iceServers: SettingType<readonly IceServer[]> = {
  placeholder: 'JSON',
  check: (servers) => {
    if (!Array.isArray(servers)) fail('is no list of ICE servers');
    for (const server of servers as readonly unknown[] as readonly Record<string, unknown>[]) {
      const urls = Array.isArray(server['urls']) ? (server['urls'] as unknown[]) : [server['urls']];
      for (const url of urls) {
        if (typeof url !== 'string' || !/^(stun|turn)s?:[^\s<>"]+$/.test(url))
          fail(`"${String(url)}" is no ICE server`);
      }
      for (const member of ['username', 'credential']) {
        const value = server[member];
        // They go into a header field, between quotation marks.
        if (value !== undefined && (typeof value !== 'string' || !/^[\t\x20-\x7e]*$/.test(value))) {
          fail(`the ${member} of an ICE server is no plain text`);
        }
      }
    }
  },
  parse: (value) => {
    let servers: readonly IceServer[];
    try {
      servers = JSON.parse(value) as readonly IceServer[];
    } catch {
      return fail('is no JSON');
    }
    iceServers.check(servers);
    return servers;
  },
  format: (servers) => (servers.length === 0 ? 'none' : JSON.stringify(servers)),
};
