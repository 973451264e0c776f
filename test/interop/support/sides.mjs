/**
 * The two ends of a connection under one interface, so that a test reads the same whichever of them is the browser:
 * `NodeSide` wraps a peer connection here, `PageSide` one in a page of Chromium or Firefox.
 */
/* global peer */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { RTCPeerConnection } from 'node-libwebrtc';
import { launchChromium } from '../../../examples/browser-transfer/chromium.mjs';
import { launchFirefox } from './firefox.mjs';
import { until, within } from './wait.mjs';

/** Everything stays on loopback. */
export const LOOPBACK = { includeLoopback: true, bindAddress: '127.0.0.1' };

/** Remote descriptions that are in force, for candidates that must wait for theirs. */
class Descriptions {
  #seen = '';
  #waiting = [];

  add({ sdp }) {
    this.#seen += sdp;
    for (const look of this.#waiting) look();
  }

  /** Resolves when the description that the candidate belongs to is there. */
  of(candidate) {
    const mark = `a=ice-ufrag:${candidate?.usernameFragment ?? ''}`;
    return new Promise((resolve) => {
      const look = () => this.#seen.includes(mark) && resolve();
      this.#waiting.push(look);
      look();
    });
  }
}

export class NodeSide {
  name = 'Node';
  candidates = [];
  #forward = () => {};
  #descriptions = new Descriptions();

  constructor(configuration = { node: LOOPBACK }) {
    this.pc = new RTCPeerConnection(configuration);
    this.pc.addEventListener('icecandidate', ({ candidate }) => {
      this.candidates.push(candidate);
      this.#forward(candidate?.toJSON() ?? null);
    });
  }

  /** Sets a function that gets each candidate as JSON, those gathered before included. */
  onCandidate(forward) {
    this.#forward = forward;
    for (const candidate of this.candidates) forward(candidate?.toJSON() ?? null);
  }

  async offer(options) {
    await this.pc.setLocalDescription(options ? await this.pc.createOffer(options) : undefined);
    return this.pc.localDescription.toJSON();
  }

  /** Answers, after `prepare` has done what it likes with what the offer made. */
  async answer(offer, prepare = () => {}) {
    await this.pc.setRemoteDescription(offer);
    this.#descriptions.add(offer);
    await prepare();
    await this.pc.setLocalDescription();
    return this.pc.localDescription.toJSON();
  }

  async accept(answer) {
    await this.pc.setRemoteDescription(answer);
    this.#descriptions.add(answer);
  }

  /** Adds a remote candidate, once the description that it belongs to is in force. */
  async add(candidate) {
    await this.#descriptions.of(candidate);
    if (this.pc.signalingState !== 'closed') await this.pc.addIceCandidate(candidate);
  }

  connected() {
    return until(
      this.pc,
      'connectionstatechange',
      () => this.pc.connectionState === 'connected',
      'Node to see the connection connected',
    ).catch((error) => {
      throw new Error(`${error.message}; it is ${this.pc.connectionState}, ICE ${this.pc.iceConnectionState}`);
    });
  }

  close() {
    this.pc.close();
  }
}

/**
 * Without feedback for payload types that a section does not have: Firefox leaves it behind when codecs are taken out by
 * `setCodecPreferences`, and then every other browser refuses to parse its offer.
 */
const withoutStrangers = (sdp) =>
  sdp
    .split(/(?=^m=)/m)
    .map((section) =>
      section.replace(/^a=rtcp-fb:(\d+) .*\r\n/gm, (line, type) =>
        new RegExp(`^a=rtpmap:${type} `, 'm').test(section) ? line : '',
      ),
    )
    .join('');

export class PageSide {
  candidates = [];
  #forward = () => {};
  #descriptions = new Descriptions();
  #page;
  #context;

  constructor(name, context, page) {
    this.name = name;
    this.#context = context;
    this.#page = page;
  }

  static async create(name, browser, origin, configuration, permissions) {
    const context = await browser.newContext({ permissions });
    const page = await context.newPage();
    const side = new PageSide(name, context, page);
    await page.exposeFunction('onCandidate', (candidate) => {
      side.candidates.push(candidate);
      side.#forward(candidate);
    });
    await page.goto(origin);
    await page.evaluate(pageMain, configuration);
    return side;
  }

  /** Runs a function in the page. There, `peer` is what `pageMain` has made. */
  evaluate(run, argument) {
    return within(this.#page.evaluate(run, argument), `the page to run ${run.toString().slice(0, 120)}`, 180);
  }

  onCandidate(forward) {
    this.#forward = forward;
    for (const candidate of this.candidates) forward(candidate);
  }

  async offer(options) {
    const { type, sdp } = await this.evaluate(async (options) => {
      await peer.pc.setLocalDescription(options ? await peer.pc.createOffer(options) : undefined);
      return peer.pc.localDescription.toJSON();
    }, options);
    return { type, sdp: withoutStrangers(sdp) };
  }

  /** The same as that of a `NodeSide`. */
  async answer(offer, prepare = () => {}) {
    await this.evaluate((offer) => peer.pc.setRemoteDescription(offer), offer);
    this.#descriptions.add(offer);
    await prepare();
    return this.evaluate(async () => {
      await peer.pc.setLocalDescription();
      return peer.pc.localDescription.toJSON();
    });
  }

  async accept(answer) {
    await this.evaluate((answer) => peer.pc.setRemoteDescription(answer), answer);
    this.#descriptions.add(answer);
  }

  async add(candidate) {
    await this.#descriptions.of(candidate);
    await this.evaluate((candidate) => peer.pc.addIceCandidate(candidate), candidate).catch((error) => {
      if (!this.#page.isClosed()) throw error;
    });
  }

  connected() {
    return this.evaluate(
      (name) =>
        peer.until(
          peer.pc,
          'connectionstatechange',
          () => peer.pc.connectionState === 'connected',
          `${name} to be connected`,
        ),
      this.name,
    );
  }

  /** Ends the page at once, as when somebody closes the tab. */
  async close() {
    await this.#context.close();
  }

  get page() {
    return this.#page;
  }
}

/** What the page has: `peer`, with the connection, its channels by label, and ways to wait. */
function pageMain(configuration) {
  const pc = new RTCPeerConnection(configuration);
  const channels = {};
  pc.addEventListener('icecandidate', ({ candidate }) => globalThis.onCandidate(candidate?.toJSON() ?? null));

  const until = (target, type, condition, what) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited 60 s in vain for ${what}`)), 60_000);
      const look = () => {
        if (!condition()) return;
        clearTimeout(timer);
        target.removeEventListener(type, look);
        resolve();
      };
      target.addEventListener(type, look);
      look();
    });

  /** Keeps a channel under its label and collects what it brings. */
  const keep = (channel) => {
    channel.binaryType = 'arraybuffer';
    channel.inbox = [];
    channel.addEventListener('message', ({ data }) => {
      channel.inbox.push(data);
      channel.dispatchEvent(new Event('kept'));
    });
    channels[channel.label] = channel;
    pc.dispatchEvent(new Event('channelkept'));
    return channel;
  };
  pc.addEventListener('datachannel', ({ channel }) => keep(channel));

  /** The channel of that label, as soon as it is there and open. */
  const opened = async (label) => {
    await until(pc, 'channelkept', () => channels[label], `channel "${label}" to arrive`);
    const channel = channels[label];
    await until(channel, 'open', () => channel.readyState === 'open', `channel "${label}" to open`);
    return channel;
  };

  globalThis.peer = {
    pc,
    channels,
    until,
    opened,

    open(label, init) {
      keep(pc.createDataChannel(label, init));
    },

    closed(label) {
      const channel = channels[label];
      return until(channel, 'close', () => channel.readyState === 'closed', `channel "${label}" to close`);
    },

    /** The first `count` messages of that channel, as soon as they are there. */
    async take(label, count) {
      const channel = await opened(label);
      await until(channel, 'kept', () => channel.inbox.length >= count, `${count} messages on "${label}"`);
      return channel.inbox.splice(0, count);
    },

    /** Sends back what comes, as it comes. */
    async echo(label) {
      const channel = await opened(label);
      for (const data of channel.inbox.splice(0)) channel.send(data);
      channel.addEventListener('message', ({ data }) => {
        channel.inbox.length = 0;
        channel.send(data);
      });
    },

    /** Pauses a sender whose channel is full. */
    async room(channel) {
      if (channel.bufferedAmount < 2 ** 22) return;
      channel.bufferedAmountLowThreshold = 2 ** 20;
      await until(channel, 'bufferedamountlow', () => channel.bufferedAmount <= 2 ** 20, 'the send buffer to drain');
    },

    async sha256(bytes) {
      const digest = await crypto.subtle.digest('SHA-256', bytes);
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
}

const browsers = {
  Chromium: (args) => launchChromium(['--allow-loopback-in-peer-connection', ...args]),
  Firefox: () => launchFirefox(),
};

/**
 * A browser and an origin for its pages. Close it at the end of the test file.
 *
 * @param {object} [options]
 * @param {'Chromium' | 'Firefox'} [options.name] which browser; the options below are Chromium's, Firefox shows addresses
 * @param {boolean} [options.showsAddresses] A page that may use the camera and the microphone gets candidates of all
 *   interfaces, with their addresses; other pages get the default route only, behind a name that ends in `.local`
 * @param {string[]} [options.args] more command-line switches
 */
export async function startBrowser({ name = 'Chromium', showsAddresses = false, args = [] } = {}) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>peer</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await browsers[name](args);
  const permissions = showsAddresses ? ['camera', 'microphone'] : [];
  const origin = `http://127.0.0.1:${server.address().port}/`;
  return {
    name,
    browser,
    peer: (configuration = {}) => PageSide.create(name, browser, origin, configuration, permissions),
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Lets the candidates of each side reach the other one, if `filter(candidate, from)` says so. */
export function link(one, other, filter = () => true) {
  const failures = [];
  const forward = (from, to) =>
    from.onCandidate((candidate) => {
      if (filter(candidate, from)) to.add(candidate).catch((error) => failures.push(error));
    });
  forward(one, other);
  forward(other, one);
  return failures;
}

/** One round of offer and answer. */
export async function negotiate(offerer, answerer, options) {
  const offer = await offerer.offer(options);
  const answer = await answerer.answer(offer);
  await offerer.accept(answer);
  return { offer, answer };
}

/** Connects two sides of which the first one offers, and which have something to offer already. */
export async function connect(offerer, answerer, filter) {
  const failures = link(offerer, answerer, filter);
  const descriptions = await negotiate(offerer, answerer);
  await Promise.all([offerer.connected(), answerer.connected()]).catch((error) => {
    throw failures[0] ?? error;
  });
  if (failures.length > 0) throw failures[0];
  return descriptions;
}
