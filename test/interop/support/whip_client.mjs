/** A WHIP publisher or a WHEP viewer in this process: node-libwebrtc at one end, HTTP to the server. */
import { RTCPeerConnection } from 'node-libwebrtc';
import { LOOPBACK } from './sides.mjs';
import { until } from './wait.mjs';

export const SDP = 'application/sdp';
export const FRAGMENT = 'application/trickle-ice-sdpfrag';

/** Sends a request; header fields that are `undefined` are left out. */
export function request(url, method, { headers = {}, body } = {}) {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return fetch(url, { method, headers: Object.fromEntries(given), body, redirect: 'manual' });
}

/** One end of a session. */
export class WhipClient {
  constructor(endpoint, { token } = {}) {
    this.endpoint = endpoint;
    this.authorization = token === undefined ? undefined : `Bearer ${token}`;
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', node: LOOPBACK });
    this.candidates = [];
    this.pc.addEventListener('icecandidate', ({ candidate }) => candidate && this.candidates.push(candidate));
  }

  /** Makes the offer, without candidates if they are to be trickled, and sends it; `change` may write in it. */
  async begin({ trickle = false, change = (sdp) => sdp } = {}) {
    await this.pc.setLocalDescription();
    if (!trickle) {
      await until(this.pc, 'icegatheringstatechange', () => this.pc.iceGatheringState === 'complete', 'candidates');
    }
    const response = await request(this.endpoint, 'POST', {
      headers: { 'content-type': SDP, authorization: this.authorization },
      body: change(this.pc.localDescription.sdp),
    });
    if (response.status !== 201) {
      this.pc.close();
      throw Object.assign(new Error(`${response.status}: ${await response.text()}`), { response });
    }
    this.response = response;
    this.etag = response.headers.get('etag');
    this.url = new URL(response.headers.get('location'), this.endpoint).href;
    this.answer = await response.text();
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer });
    return this;
  }

  connected() {
    return until(this.pc, 'connectionstatechange', () => this.pc.connectionState === 'connected', 'the connection');
  }

  /** Sends a fragment. */
  patch(body, condition = this.etag) {
    return request(this.url, 'PATCH', {
      headers: { 'content-type': FRAGMENT, 'if-match': condition, authorization: this.authorization },
      body,
    });
  }

  /** The credentials of the own side, as the lines of a fragment. */
  credentials() {
    return this.pc.localDescription.sdp
      .match(/^a=ice-(ufrag|pwd):.*$/gm)
      .slice(0, 2)
      .join('\n');
  }

  /** A fragment with all candidates gathered so far. */
  fragment() {
    const { sdpMid } = this.candidates[0];
    const lines = this.candidates.map(({ candidate }) => `a=${candidate}`);
    return [this.credentials(), 'm=audio 9 RTP/AVP 0', `a=mid:${sdpMid}`, ...lines, 'a=end-of-candidates', ''].join(
      '\n',
    );
  }

  /** Restarts ICE. Gives the response, whose `body` is the text that has been used. */
  async restart() {
    const { sdp: remote } = this.pc.remoteDescription;
    this.pc.restartIce();
    this.candidates = [];
    await this.pc.setLocalDescription();
    const response = await this.patch(this.credentials(), '*');
    const { status, headers } = response;
    const body = await response.text();
    if (status !== 200) return { status, headers, body };
    this.etag = headers.get('etag');
    const value = (name) => RegExp(`^a=${name}:(.*)\r$`, 'm').exec(body)[1];
    const candidates = body.match(/^a=candidate:.*$/gm).map((line) => `${line.trim()}\r\n`);
    const [head, ...sections] = remote.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '').split(/^(?=m=)/m);
    const answer = (head + sections.map((section) => section + candidates.join('')).join(''))
      .replace(/^a=ice-ufrag:[^\r]*/gm, `a=ice-ufrag:${value('ice-ufrag')}`)
      .replace(/^a=ice-pwd:[^\r]*/gm, `a=ice-pwd:${value('ice-pwd')}`);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer });
    await until(this.pc, 'icegatheringstatechange', () => this.pc.iceGatheringState === 'complete', 'candidates');
    return { status, headers, body };
  }

  /** Ends the session as a client should. */
  async end() {
    const response = await request(this.url, 'DELETE', { headers: { authorization: this.authorization } });
    this.pc.close();
    return response;
  }
}

/** Publishes tracks and waits until they are taken in. */
export async function publish(server, tracks, { name, ...options } = {}) {
  const client = new WhipClient(`${server.url}whip${name === undefined ? '' : `/${name}`}`, options);
  for (const track of tracks) client.pc.addTransceiver(track, { direction: 'sendonly' });
  await client.begin(options);
  await client.connected();
  return client;
}
