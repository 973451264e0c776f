// One end of perfect negotiation, as the example of the specification has it (WebRTC, section 10.7).
import { RTCPeerConnection } from 'node-libwebrtc';
import { loopback } from './pair.mjs';

/**
 * @param {object} options
 * @param {boolean} options.polite Whether it gives way when both ends offer at once.
 * @param {(message: object) => void} options.send Signals to the other end.
 * @param {(error: Error) => void} options.fail What must not happen.
 * @param {() => void} options.changed Something has been negotiated.
 */
export function makePerfectPeer({ polite, send, fail, changed }) {
  const pc = new RTCPeerConnection(loopback);
  const seen = { collisions: 0 };
  let makingOffer = false;
  let ignoreOffer = false;
  let isSettingRemoteAnswerPending = false;

  pc.onicecandidate = ({ candidate }) => send({ candidate: candidate?.toJSON() ?? null });
  pc.onconnectionstatechange = pc.onsignalingstatechange = changed;
  pc.onnegotiationneeded = async () => {
    try {
      if (pc.signalingState !== 'stable' || makingOffer) throw new Error('negotiationneeded at the wrong time');
      makingOffer = true;
      await pc.setLocalDescription();
      if (pc.localDescription.type !== 'offer') throw new Error('setLocalDescription() has made no offer');
      send({ description: pc.localDescription.toJSON() });
    } catch (error) {
      fail(error);
    } finally {
      makingOffer = false;
    }
  };

  async function receive({ description, candidate }) {
    try {
      if (description === undefined) {
        try {
          await pc.addIceCandidate(candidate);
        } catch (error) {
          if (!ignoreOffer) throw error;
        }
        return;
      }
      // An offer may come in while an answer is being set.
      const readyForOffer = !makingOffer && (pc.signalingState === 'stable' || isSettingRemoteAnswerPending);
      const offerCollision = description.type === 'offer' && !readyForOffer;
      if (offerCollision) seen.collisions++;
      ignoreOffer = !polite && offerCollision;
      if (ignoreOffer) return;
      isSettingRemoteAnswerPending = description.type === 'answer';
      await pc.setRemoteDescription(description);
      isSettingRemoteAnswerPending = false;
      if (description.type === 'offer') {
        await pc.setLocalDescription();
        send({ description: pc.localDescription.toJSON() });
      }
      changed();
    } catch (error) {
      fail(error);
    }
  }

  return { pc, seen, receive };
}

/** What both ends must agree about. */
export function summary(pc) {
  const transceivers = pc.getTransceivers();
  return {
    state: pc.connectionState,
    settled: pc.signalingState === 'stable' && transceivers.every(({ currentDirection }) => currentDirection !== null),
    mids: transceivers.map(({ mid }) => mid).toSorted((a, b) => Number(a) - Number(b)),
    kinds: transceivers.map(({ receiver }) => receiver.track.kind).toSorted(),
  };
}
