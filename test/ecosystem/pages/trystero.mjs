import './media.mjs';
import { joinRoom, selfId } from 'trystero';
import { bytes, digest } from '../support/bytes.mjs';
import { judgeStream, knownStream } from './media.mjs';

let room;
let files;
const streams = [];
let arrived = () => {};

/** Joins the room, answers requests, and says what it gets. */
export function start({ config, name }) {
  room = joinRoom(config, name);
  files = room.makeAction('file');
  files.onMessage = async (data, { metadata }) => {
    globalThis.received({ metadata, digest: await digest(new Uint8Array(data)) });
  };
  room.makeAction('sum', { kind: 'request', onRequest: (numbers) => numbers.reduce((sum, number) => sum + number, 0) });
  room.onPeerStream = (stream) => {
    streams.push(stream);
    arrived();
  };
  return selfId;
}

export async function send(length, seed, metadata) {
  const data = bytes(length, seed);
  await files.send(data, { metadata });
  return digest(data);
}

export async function show(media) {
  room.addStream(await knownStream(media));
}

export async function judge(expected) {
  await new Promise((resolve) => {
    arrived = () => streams.length > 0 && resolve();
    arrived();
  });
  return judgeStream(streams[0], expected);
}

export const leave = () => room.leave();
