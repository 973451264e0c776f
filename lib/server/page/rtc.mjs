/** WHIP and WHEP for the page: one connection each, with trickle ICE, and ICE restarts when the network changes. */

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
/** Candidates that come together go together. */
const TOGETHER_MILLISECONDS = 50;
/** A connection that has been gone for so long gets new candidates. */
const GONE_MILLISECONDS = 2500;

/** The ICE servers in `Link` header fields. */
export function iceServersOf(link) {
  if (!link) return [];
  return link.split(/,\s*(?=<)/).flatMap((entry) => {
    const [, url, rest] = /^<([^>]*)>(.*)$/s.exec(entry) ?? [];
    if (!/;\s*rel="?ice-server"?/.test(rest ?? '')) return [];
    const value = (name) => RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(rest)?.[1].replace(/\\(.)/g, '$1');
    const server = { urls: url };
    if (value('username') !== undefined)
      Object.assign(server, { username: value('username'), credential: value('credential') });
    return [server];
  });
}

const credentialLines = (sdp) => [/^a=ice-ufrag:.*$/m, /^a=ice-pwd:.*$/m].map((line) => line.exec(sdp)[0].trim());

/** The lines that every fragment about a description begins with (RFC 8840, section 9). */
const fragmentHead = (sdp) => [
  ...[/^a=group:BUNDLE.*$/m, /^a=ice-options:.*$/m].flatMap((line) => line.exec(sdp)?.[0].trim() ?? []),
  ...credentialLines(sdp),
];

/** RTP and RTCP never part (RFC 9725, section 4.4.1), which browsers do not say by themselves. */
const withMuxOnly = (sdp) => sdp.replace(/^a=rtcp-mux\r\n/gm, 'a=rtcp-mux\r\na=rtcp-mux-only\r\n');

/** A session at an endpoint. `onended` is called once, when it is over and nobody has called `end()`. */
export class HttpSession {
  onended = () => {};
  #url;
  #etag;
  #candidates = [];
  #timer;
  #gone;
  #requests = Promise.resolve();
  #over = false;
  #leave = () => this.end();

  constructor() {
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.pc.addEventListener('icecandidate', ({ candidate }) => this.#gathered(candidate));
    this.pc.addEventListener('connectionstatechange', () => this.#changed());
  }

  /** Sends the offer and takes the answer. */
  async begin(endpoint) {
    const { pc } = this;
    const offer = await pc.createOffer();
    const response = await this.#request(endpoint, 'POST', { 'content-type': SDP }, withMuxOnly(offer.sdp));
    this.#url = new URL(response.headers.get('location'), response.url).href;
    this.#etag = response.headers.get('etag');
    addEventListener('pagehide', this.#leave);
    // The servers are known before gathering begins.
    const iceServers = iceServersOf(response.headers.get('link'));
    if (iceServers.length > 0) pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  }

  /** Ends the session here and there. Idempotent. */
  end() {
    if (this.#over) return;
    this.#over = true;
    removeEventListener('pagehide', this.#leave);
    clearTimeout(this.#timer);
    clearTimeout(this.#gone);
    this.pc.close();
    // Also when the page goes.
    if (this.#url) void fetch(this.#url, { method: 'DELETE', keepalive: true }).catch(() => {});
  }

  #gathered(candidate) {
    if (candidate?.candidate) this.#candidates.push(candidate);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#trickle(), TOGETHER_MILLISECONDS);
  }

  #trickle() {
    if (!this.#url || this.#over || this.#candidates.length === 0) return;
    const candidates = this.#candidates.splice(0);
    const lines = fragmentHead(this.pc.localDescription.sdp);
    for (const { candidate, sdpMid } of candidates) {
      lines.push('m=audio 9 UDP/TLS/RTP/SAVPF 0', `a=mid:${sdpMid}`, `a=${candidate}`);
    }
    if (this.pc.iceGatheringState === 'complete') lines.push('a=end-of-candidates');
    this.#patch(this.#etag, lines).catch(() => {});
  }

  #patch(condition, lines) {
    const body = lines.map((line) => `${line}\r\n`).join('');
    const send = () => this.#request(this.#url, 'PATCH', { 'content-type': FRAGMENT, 'if-match': condition }, body);
    this.#requests = this.#requests.catch(() => {}).then(send);
    return this.#requests;
  }

  #changed() {
    const state = this.pc.connectionState;
    clearTimeout(this.#gone);
    if (state === 'disconnected') this.#gone = setTimeout(() => this.#restart(), GONE_MILLISECONDS);
    if (state === 'failed') this.#lost();
  }

  /** New credentials and candidates for the same session. */
  async #restart() {
    const { pc } = this;
    try {
      const before = pc.remoteDescription.sdp;
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
      const response = await this.#patch('*', fragmentHead(pc.localDescription.sdp));
      this.#etag = response.headers.get('etag') ?? this.#etag;
      const fragment = await response.text();
      const [ufrag, password] = credentialLines(fragment);
      const candidates = (fragment.match(/^a=candidate:.*$/gm) ?? []).map((line) => `${line.trim()}\r\n`).join('');
      const [head, ...sections] = before
        .replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '')
        .replace(/^a=ice-ufrag:.*$/gm, `${ufrag}\r`)
        .replace(/^a=ice-pwd:.*$/gm, `${password}\r`)
        .replaceAll('\r\r', '\r')
        .split(/^(?=m=)/m);
      await pc.setRemoteDescription({ type: 'answer', sdp: head + sections.map((text) => text + candidates).join('') });
      this.#trickle();
    } catch {
      this.#lost();
    }
  }

  #lost() {
    if (this.#over) return;
    this.end();
    this.onended();
  }

  async #request(url, method, headers, body) {
    const response = await fetch(url, { method, headers, body });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail ?? `The server says ${response.status}.`), {
      status: response.status,
    });
  }
}
