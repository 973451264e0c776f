import { isMediaStreamTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import { isObject } from '../webidl';

/**
 * Checks what a program gives to the constructor of a sink.
 *
 * @throws TypeError when it is no track, or one of another kind
 */
export function checkedTrack(track: unknown, kind: 'audio' | 'video'): MediaStreamTrack {
  if (!isObject(track)) throw new TypeError('Expected an object');
  if (!isMediaStreamTrack(track)) throw new TypeError('This is not an instance of MediaStreamTrack');
  if (track.kind !== kind) throw new TypeError(`Expected ${kind === 'audio' ? 'an' : 'a'} ${kind} MediaStreamTrack`);
  return track;
}
