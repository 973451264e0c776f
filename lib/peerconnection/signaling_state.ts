/** The signaling state machine. Implements webrtc-pc, section 4.3.1, and RFC 9429 (JSEP), section 3.2. */
import type { RTCSdpType } from './RTCSessionDescription';

/** State of the exchange of offers and answers. */
export type RTCSignalingState =
  'stable' | 'have-local-offer' | 'have-remote-offer' | 'have-local-pranswer' | 'have-remote-pranswer' | 'closed';

const LOCAL: Readonly<Record<RTCSdpType, readonly RTCSignalingState[]>> = {
  offer: ['stable', 'have-local-offer'],
  pranswer: ['have-remote-offer', 'have-local-pranswer'],
  answer: ['have-remote-offer', 'have-local-pranswer'],
  rollback: ['have-local-offer'],
};

const REMOTE: Readonly<Record<RTCSdpType, readonly RTCSignalingState[]>> = {
  offer: ['stable', 'have-remote-offer'],
  pranswer: ['have-local-offer', 'have-remote-pranswer'],
  answer: ['have-local-offer', 'have-remote-pranswer'],
  rollback: ['have-remote-offer'],
};

/** Whether a description of this type can be applied in this state. */
export function isApplicable(side: 'local' | 'remote', type: RTCSdpType, state: RTCSignalingState): boolean {
  return (side === 'local' ? LOCAL : REMOTE)[type].includes(state);
}

/** The type of the description that `setLocalDescription()` makes when it is given none. */
export function implicitType(state: RTCSignalingState): 'offer' | 'answer' {
  return state === 'stable' || state === 'have-local-offer' || state === 'have-remote-pranswer' ? 'offer' : 'answer';
}
