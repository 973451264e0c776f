// Reads event logs by the format's description alone: Protocol Buffers, and libwebrtc's `rtclog2.EventStream`.

/** Names of the fields of an `EventStream`. */
const EVENTS = {
  2: 'incoming rtp',
  3: 'outgoing rtp',
  4: 'incoming rtcp',
  5: 'outgoing rtcp',
  6: 'audio playout',
  16: 'begin',
  17: 'end',
  18: 'loss-based update',
  19: 'delay-based update',
  20: 'audio network adaptation',
  21: 'probe cluster',
  22: 'probe success',
  23: 'probe failure',
  24: 'alr state',
  25: 'ice config',
  26: 'ice event',
  27: 'dtls state',
  28: 'dtls writable',
  32: 'route change',
  33: 'remote estimate',
  34: 'neteq minimum delay',
  35: 'scream update',
  101: 'audio receive config',
  102: 'audio send config',
  103: 'video receive config',
  104: 'video send config',
};

/** The fields of a message: number to value (a number, or bytes). Throws when it is not whole. */
function* fieldsOf(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error('a varint is cut off');
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, type] = [tag >> 3, tag & 7];
    if (type === 0) {
      yield [field, Number(BigInt.asIntN(64, varint()))];
    } else if (type === 5) {
      yield [field, bytes.readUInt32LE(at)];
      at += 4;
    } else if (type === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error(`field ${field} is cut off`);
      yield [field, bytes.subarray(at, at + length)];
      at += length;
    } else {
      throw new Error(`field ${field} has the wire type ${type}`);
    }
  }
}

/** The events of a log, in its order: `{ name, fields }`. */
export function readEventLog(bytes) {
  return Array.from(fieldsOf(bytes), ([field, message]) => {
    const name = EVENTS[field];
    if (name === undefined) throw new Error(`there is no event ${field}`);
    return { name, fields: Object.fromEntries(fieldsOf(message)) };
  });
}
