import { judge, knownStream } from './media.mjs';
import { Room, RoomEvent } from 'livekit-client';
import { enter, publish } from '../support/livekit_room.mjs';

let room;
let received;
let gone;

/** Enters the room and publishes known media. */
export async function start({ url, token, media }) {
  room = new Room({ adaptiveStream: false, dynacast: false, singlePeerConnection: false });
  gone = new Promise((resolve) => room.once(RoomEvent.ParticipantDisconnected, ({ identity }) => resolve(identity)));
  received = await enter(room, { url, token });
  await publish(room, await knownStream(media));
}

/** Waits until the track of that kind of another participant shows or sounds what is expected. */
export async function judgeTrack(kind, as, expected) {
  return judge(await received.track(kind), as, expected);
}

export const say = (text) =>
  room.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, topic: 'test' });

export const heard = () => received.message;

export const others = () => [...room.remoteParticipants.values()].map(({ identity }) => identity);

/** Who has left first. */
export const left = () => gone;
