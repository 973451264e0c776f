/** Bytes that are known by their length, and their digest: the same here and in a page. */

/** Bytes that do not repeat (xorshift32). */
export function bytes(length, seed = 1) {
  const data = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[index] = state;
  }
  return data;
}

/** SHA-256 in hexadecimal digits. */
export async function digest(data) {
  const hash = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One after another in one piece. */
export function joined(chunks) {
  const data = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk), at);
    at += chunk.byteLength;
  }
  return data;
}
