import type { NativeDescriptions, NativeSdpType } from '../native';
import { withIdentity, identityOf } from './assertion';

type Slots = Record<keyof NativeDescriptions, string | null>;

/**
 * The identity of each of the four descriptions. libwebrtc drops `a=identity` from the texts that it is given; scripts
 * must find it there, since the local description is what they signal.
 */
export class IdentityLines {
  #slots: Slots = { currentLocal: null, pendingLocal: null, currentRemote: null, pendingRemote: null };

  /** A description has been applied: what "set a session description" does to the four slots. */
  applied(side: 'local' | 'remote', type: NativeSdpType, sdp: string): void {
    const identity = identityOf(sdp);
    const { currentLocal, pendingLocal, currentRemote, pendingRemote } = this.#slots;
    const none = { pendingLocal: null, pendingRemote: null };
    if (type === 'rollback') {
      this.#slots = { currentLocal, currentRemote, ...none };
    } else if (type === 'answer') {
      this.#slots =
        side === 'local'
          ? { currentLocal: identity, currentRemote: pendingRemote, ...none }
          : { currentLocal: pendingLocal, currentRemote: identity, ...none };
    } else {
      this.#slots = { ...this.#slots, [side === 'local' ? 'pendingLocal' : 'pendingRemote']: identity };
    }
  }

  /** The descriptions as libwebrtc tells them, with their identities. */
  restore(native: NativeDescriptions): NativeDescriptions {
    if (Object.values(this.#slots).every((identity) => identity === null)) return native;
    const restored = { ...native };
    for (const slot of Object.keys(this.#slots) as (keyof Slots)[]) {
      const description = native[slot];
      if (description !== null) {
        restored[slot] = { ...description, sdp: withIdentity(description.sdp, this.#slots[slot]) };
      }
    }
    return restored;
  }
}
