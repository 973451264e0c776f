/** `ArrayBuffer` as an argument (Web IDL, section 3.2.25): any buffer that is not shared. */
import { types } from 'node:util';
import type { Converter } from '../webidl';

export const arrayBufferType: Converter<ArrayBuffer> = (value, context) => {
  // A buffer of another realm is one too.
  if (!types.isArrayBuffer(value)) throw new TypeError(`${context} is not of type 'ArrayBuffer'.`);
  return value;
};
