/** The checks of `createDataChannel`. Implements webrtc-pc, section 6.1 (createDataChannel, steps 4 to 17). */
import { Buffer } from 'node:buffer';
import type { ConvertedDataChannelInit } from '../datachannel/RTCDataChannelInit';
import type { NativeDataChannelInit } from '../native';

/** Limit of the Data Channel Establishment Protocol (RFC 8832, section 5.1) on label and protocol, in bytes. */
const MAX_STRING_BYTES = 65535;
/** Stream 65,535 does not exist (RFC 8832, section 6). */
const MAX_ID = 65534;

/**
 * Checks label and options and returns the options for the addon.
 *
 * @throws TypeError for what the specification refuses
 */
export function dataChannelSettings(
  label: string,
  init: ConvertedDataChannelInit,
  context: string,
): NativeDataChannelInit {
  const refuse = (message: string): never => {
    throw new TypeError(`${context}: ${message}`);
  };
  const { ordered, protocol, negotiated, priority } = init;
  // 5. If the UTF-8 representation of label is longer than 65535 bytes, throw a TypeError.
  if (Buffer.byteLength(label) > MAX_STRING_BYTES) refuse(`the label is longer than ${MAX_STRING_BYTES} bytes.`);
  // 7. to 10. Let the slots be set to the options' members, or to null where they are absent.
  const maxPacketLifeTime = init.maxPacketLifeTime ?? null;
  const maxRetransmits = init.maxRetransmits ?? null;
  // 11. If the UTF-8 representation of protocol is longer than 65535 bytes, throw a TypeError.
  if (Buffer.byteLength(protocol) > MAX_STRING_BYTES) refuse(`the protocol is longer than ${MAX_STRING_BYTES} bytes.`);
  // 13. Let [[DataChannelId]] be the id if it is present and negotiated is true, otherwise null.
  const id = negotiated ? (init.id ?? null) : null;
  // 14. If negotiated is true and [[DataChannelId]] is null, throw a TypeError.
  if (negotiated && id === null) refuse('a negotiated channel needs an id.');
  // 15. If both [[MaxPacketLifeTime]] and [[MaxRetransmits]] are set, throw a TypeError.
  if (maxPacketLifeTime !== null && maxRetransmits !== null) {
    refuse('maxPacketLifeTime and maxRetransmits exclude each other.');
  }
  // 17. If [[DataChannelId]] is 65535, throw a TypeError.
  if (id !== null && id > MAX_ID) refuse(`the id is above ${MAX_ID}.`);
  return { ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, priority };
}
