/** Range requests (RFC 9110, section 14). */

/** A part of a file: the first byte and the last one, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The part that a `Range` header field asks for.
 *
 * @param header the field, if there is one
 * @param size bytes that there are
 * @returns a part; `'whole'` when all is to be sent: without the field, with one that is malformed, has another unit or
 * several ranges, all of which a server may ignore; `'unsatisfiable'` when no byte of the range is there
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '');
  if (match === null) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    // The last so many bytes.
    const length = Number(last);
    if (length === 0 || size === 0) return 'unsatisfiable';
    return { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return 'whole';
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** Whether a field with a list of entity tags (`If-None-Match`) names this one; weak comparison. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const strong = (text: string) => text.trim().replace(/^W\//, '');
  return header.split(',').some((one) => strong(one) === strong(tag));
}
