import './media.mjs';
import JsSIP from 'jssip';
import { judgeStream, knownStream } from './media.mjs';

let agent;
let session;
const seen = {};

/** Registers, and answers the first call with known media. */
export async function start({ url, user, media }) {
  agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url)],
    uri: `sip:${user}@example.invalid`,
    register: true,
    session_timers: false,
  });
  const stream = await knownStream(media);
  seen.ended = new Promise((ended) => {
    seen.stream = new Promise((arrived) => {
      agent.on('newRTCSession', ({ session: incoming, originator }) => {
        if (originator !== 'remote') return;
        session = incoming;
        session.on('ended', ({ originator, cause }) => ended({ originator, cause }));
        session.on('peerconnection', ({ peerconnection }) =>
          peerconnection.addEventListener('track', ({ streams }) => arrived(streams[0])),
        );
        seen.tones = [];
        session.on('newDTMF', ({ originator, dtmf }) => originator === 'remote' && seen.tones.push(dtmf.tone));
        session.answer({ mediaStream: stream, pcConfig: { iceServers: [] } });
      });
    });
  });
  await new Promise((resolve, reject) => {
    agent.on('registered', resolve);
    agent.on('registrationFailed', ({ cause }) => reject(new Error(cause)));
    agent.start();
  });
}

export const judge = async (expected) => judgeStream(await seen.stream, expected);
export const tones = () => seen.tones.join('');
export const ended = () => seen.ended;
export const hangUp = () => session.terminate();
