/** Dictionary types. Implements Web IDL, section 3.2.17 (dictionary types). */
import { isObject } from './compound';
import type { Converter } from './converters';

/** One member of a dictionary. */
export interface Member<T> {
  readonly type: Converter<T>;
  readonly required?: boolean;
  /** What an absent member gets. A function makes a new value each time (`= []`, `= {}`). */
  readonly default?: T extends (...args: never[]) => unknown ? never : T | (() => T);
}

/** The members of a dictionary, by name. */
export type Members<T> = { readonly [K in keyof T]-?: Member<Exclude<T[K], undefined>> };

/** A dictionary's converter; other dictionaries can inherit from it. */
export interface Dictionary<T> extends Converter<T> {
  /** Inherited members first, each dictionary's own members in lexicographical order. */
  readonly members: readonly (readonly [name: string, member: Member<unknown>, dictionary: string])[];
}

/**
 * `dictionary name : inherited { members }`.
 *
 * `T` is the dictionary after conversion: members with a default or `required` are never absent in it, the others are
 * optional. `undefined` and `null` convert to a dictionary without members; a value that is no object is a `TypeError`.
 */
export function dictionary<T extends object>(name: string, members: Members<T>): Dictionary<T>;
export function dictionary<T extends P, P extends object>(
  name: string,
  members: Members<Omit<T, keyof P>>,
  inherited: Dictionary<P>,
): Dictionary<T>;
export function dictionary(
  name: string,
  members: Record<string, Member<unknown>>,
  inherited?: Dictionary<object>,
): Dictionary<object> {
  const own = Object.entries(members)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, member, name] as const);
  const all = [...(inherited?.members ?? []), ...own];
  // Dictionaries are converted for every frame: what a message would need is made beforehand.
  const steps = all.map(([key, member, dictionaryName]) => ({
    key,
    convert: member.type,
    isRequired: member.required === true,
    hasDefault: 'default' in member,
    initial: member.default,
    context: `: member '${key}' of ${dictionaryName}`,
    dictionaryName,
  }));

  const convert = (value: unknown, context: string): object => {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new TypeError(`${context} is not of type '${name}'.`);
    }
    const result: Record<string, unknown> = {};
    for (const step of steps) {
      const { key } = step;
      const field = (value as Record<string, unknown> | null | undefined)?.[key];
      if (field !== undefined) {
        result[key] = step.convert(field, context + step.context);
      } else if (step.isRequired) {
        throw new TypeError(`${context}: required member '${key}' of ${step.dictionaryName} is undefined.`);
      } else if (step.hasDefault) {
        const { initial } = step;
        result[key] = typeof initial === 'function' ? (initial as () => unknown)() : initial;
      }
    }
    return result;
  };
  return Object.assign(convert, { members: all });
}
