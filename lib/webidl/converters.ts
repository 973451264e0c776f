/**
 * Conversions of JavaScript values to Web IDL's primitive and string types.
 *
 * Every converter takes the value and a *context*: the noun phrase that begins the message of the `TypeError` it throws
 * when the value does not convert ("Failed to execute 'send' on 'RTCDataChannel': parameter 1").
 *
 * Implements Web IDL, section 3.2 (JavaScript type mapping).
 */
import conversions from 'webidl-conversions';

/** Converts a JavaScript value to an IDL type; throws a `TypeError` whose message begins with `context`. */
export type Converter<T> = (value: unknown, context: string) => T;

type IntegerType = 'octet' | 'unsigned short' | 'long' | 'unsigned long' | 'long long' | 'unsigned long long';

/** The integers that each type has, and that are what they are under every attribute. */
const limits: Record<IntegerType, readonly [least: number, greatest: number]> = {
  octet: [0, 2 ** 8 - 1],
  'unsigned short': [0, 2 ** 16 - 1],
  long: [-(2 ** 31), 2 ** 31 - 1],
  'unsigned long': [0, 2 ** 32 - 1],
  'long long': [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  'unsigned long long': [0, Number.MAX_SAFE_INTEGER],
};

function integer(type: IntegerType, attribute?: 'enforceRange' | 'clamp'): Converter<number> {
  const enforceRange = attribute === 'enforceRange';
  const clamp = attribute === 'clamp';
  const [least, greatest] = limits[type];
  return (value, context) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= greatest
      ? // Zero has no sign here.
        value + 0
      : conversions[type](value, { context, enforceRange, clamp });
}

/** `any`: the value as it is. */
export const any: Converter<unknown> = (value) => value;

/** `object`: any object or function, unchanged. */
export const object: Converter<object> = (value, context) => {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    throw new TypeError(`${context} is not an object.`);
  }
  return value;
};

/** `boolean`. */
export const boolean: Converter<boolean> = (value) => Boolean(value);

/** `DOMString`: any string, lone surrogates kept. */
export const DOMString: Converter<string> = (value, context) =>
  typeof value === 'string' ? value : conversions.DOMString(value, { context });

/** `USVString`: a string whose lone surrogates are replaced by U+FFFD. */
export const USVString: Converter<string> = (value, context) => conversions.USVString(value, { context });

/** `double`: a finite number. */
export const double: Converter<number> = (value, context) =>
  typeof value === 'number' && Number.isFinite(value) ? value : conversions.double(value, { context });

/** `unrestricted double`: any number. */
export const unrestrictedDouble: Converter<number> = (value, context) =>
  conversions['unrestricted double'](value, { context });

/** `octet`: 0 to 255, modulo 2^8. */
export const octet = integer('octet');
/** `unsigned short`: 0 to 65,535, modulo 2^16. */
export const unsignedShort = integer('unsigned short');
/** `long`: modulo 2^32. */
export const long = integer('long');
/** `unsigned long`: modulo 2^32. */
export const unsignedLong = integer('unsigned long');
/** `long long`. */
export const longLong = integer('long long');
/** `unsigned long long`. */
export const unsignedLongLong = integer('unsigned long long');

/** The integer types under `[EnforceRange]`: what is not finite or out of range is a `TypeError`. */
export const enforceRange = {
  octet: integer('octet', 'enforceRange'),
  unsignedShort: integer('unsigned short', 'enforceRange'),
  long: integer('long', 'enforceRange'),
  unsignedLong: integer('unsigned long', 'enforceRange'),
  longLong: integer('long long', 'enforceRange'),
  unsignedLongLong: integer('unsigned long long', 'enforceRange'),
} as const;

/** The integer types under `[Clamp]`: what is out of range becomes the nearest bound. */
export const clamp = {
  octet: integer('octet', 'clamp'),
  unsignedShort: integer('unsigned short', 'clamp'),
  long: integer('long', 'clamp'),
  unsignedLong: integer('unsigned long', 'clamp'),
} as const;
