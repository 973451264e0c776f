/** What `createOffer` and `createAnswer` can be told (webrtc-pc, section 4.2.7). */
import { boolean, dictionary } from '../webidl';

/** Options of `createOffer`. */
export interface RTCOfferOptions {
  /** Whether the offer asks for new ICE credentials, and so for new candidates; `false` by default. */
  iceRestart?: boolean;
  /** @deprecated A transceiver says it better. */
  offerToReceiveAudio?: boolean;
  /** @deprecated A transceiver says it better. */
  offerToReceiveVideo?: boolean;
}

/** Options of `createAnswer`; there are none. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a dictionary without members
export interface RTCAnswerOptions {}

export interface ConvertedOfferOptions {
  iceRestart: boolean;
  offerToReceiveAudio?: boolean;
  offerToReceiveVideo?: boolean;
}

/** Converts a value to `RTCOfferOptions`. */
export const offerOptions = dictionary<ConvertedOfferOptions>('RTCOfferOptions', {
  iceRestart: { type: boolean, default: false },
  offerToReceiveAudio: { type: boolean },
  offerToReceiveVideo: { type: boolean },
});
/** Converts a value to `RTCAnswerOptions`. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a dictionary without members
export const answerOptions = dictionary<{}>('RTCAnswerOptions', {});
