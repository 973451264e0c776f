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

type NumberConversion = (
  value: unknown,
  options: { context: string; enforceRange?: boolean; clamp?: boolean },
) => number;

function integer(conversion: NumberConversion): Converter<number> {
  return (value, context) => conversion(value, { context });
}

function enforced(conversion: NumberConversion): Converter<number> {
  return (value, context) => conversion(value, { context, enforceRange: true });
}

function clamped(conversion: NumberConversion): Converter<number> {
  return (value, context) => conversion(value, { context, clamp: true });
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
export const double: Converter<number> = (value, context) => conversions.double(value, { context });

/** `unrestricted double`: any number. */
export const unrestrictedDouble: Converter<number> = (value, context) =>
  conversions['unrestricted double'](value, { context });

/** `octet`: 0 to 255, modulo 2^8. */
export const octet = integer(conversions.octet);
/** `unsigned short`: 0 to 65,535, modulo 2^16. */
export const unsignedShort = integer(conversions['unsigned short']);
/** `long`: modulo 2^32. */
export const long = integer(conversions.long);
/** `unsigned long`: modulo 2^32. */
export const unsignedLong = integer(conversions['unsigned long']);
/** `long long`. */
export const longLong = integer(conversions['long long']);
/** `unsigned long long`. */
export const unsignedLongLong = integer(conversions['unsigned long long']);

/** The integer types under `[EnforceRange]`: what is not finite or out of range is a `TypeError`. */
export const enforceRange = {
  octet: enforced(conversions.octet),
  unsignedShort: enforced(conversions['unsigned short']),
  long: enforced(conversions.long),
  unsignedLong: enforced(conversions['unsigned long']),
  longLong: enforced(conversions['long long']),
  unsignedLongLong: enforced(conversions['unsigned long long']),
} as const;

/** The integer types under `[Clamp]`: what is out of range becomes the nearest bound. */
export const clamp = {
  octet: clamped(conversions.octet),
  unsignedShort: clamped(conversions['unsigned short']),
  long: clamped(conversions.long),
  unsignedLong: clamped(conversions['unsigned long']),
} as const;
