/**
 * A Node process and a browser move files and messages over WebRTC data channels, both ways.
 *
 *     node examples/browser-transfer/main.mjs [--no-browser] [--port N] [--size MiB] [--messages N]
 *
 * Without `--no-browser` it opens the page in a headless Chromium, shows the results and ends. With it, it prints the
 * page's address and serves every browser on this machine that opens it, until Ctrl+C.
 */
import { parseArgs } from 'node:util';
import { RTCPeerConnection } from 'node-libwebrtc';
import { launchChromium } from './chromium.mjs';
import { startServer } from './server.mjs';
import { connected, signal } from './signaling.mjs';
import { ProgressLine, table } from './terminal.mjs';
import { exchange } from './transfer.mjs';

/** When nothing has moved for so long, something is wrong. */
const STALL_SECONDS = 60;

const { values: options } = parseArgs({
  options: {
    'no-browser': { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    size: { type: 'string', default: '64' },
    messages: { type: 'string', default: '100000' },
  },
});

const size = Number(options.size) * 1024 * 1024;
const messages = Number(options.messages);

/** @type {import('./transfer.mjs').Step[]} */
const plan = [
  { kind: 'file', from: 'node', amount: size },
  { kind: 'file', from: 'browser', amount: size },
  { kind: 'messages', from: 'node', amount: messages },
  { kind: 'messages', from: 'browser', amount: messages },
];

/** A promise that rejects when `alive` has not been called for too long. */
function watchdog() {
  let fail;
  let doing = 'the page to connect';
  let timer;
  const stalled = new Promise((_, reject) => (fail = reject));
  stalled.catch(() => {});
  const alive = (what = doing) => {
    doing = what;
    clearTimeout(timer);
    timer = setTimeout(
      () => fail(new Error(`nothing has happened for ${STALL_SECONDS} s while waiting for ${doing}`)),
      STALL_SECONDS * 1000,
    );
  };
  return { stalled, alive, stop: () => clearTimeout(timer) };
}

/** What the connection runs over, in words. */
function route(connection) {
  const pair = connection.sctp?.transport.iceTransport.getSelectedCandidatePair();
  if (!pair) return '';
  // The address of a peer that has found us by itself is not for us to know.
  const end = ({ type, address, port }) => `${type} ${type === 'prflx' ? '' : address}:${port}`;
  return `${pair.local.protocol}, ${end(pair.local)} ⇄ ${end(pair.remote)}`;
}

/** Answers one page and goes through the plan with it. */
async function serve(socket) {
  const started = performance.now();
  const dog = watchdog();
  dog.alive();

  // Only loopback here: both peers are on this machine. Leave `node` out to reach the network.
  const connection = new RTCPeerConnection({ node: { includeLoopback: true, bindAddress: '127.0.0.1' } });
  try {
    const control = connection.createDataChannel('control', { negotiated: true, id: 0 });
    const verdict = new Promise((resolve) => (control.onmessage = ({ data }) => resolve(JSON.parse(data))));
    const trouble = new Promise((_, reject) => {
      signal(connection, socket, reject);
      socket.onclose = () => reject(new Error('the page has gone away'));
    });
    const line = new ProgressLine();
    const transfers = exchange(
      connection,
      'node',
      plan,
      (index, done) => {
        dog.alive(`the ${plan[index].kind} from the ${plan[index].from} side`);
        line.update(index, plan[index], done);
      },
      (index, result) => line.finish(plan[index], result),
    );
    const unless = (promise) => Promise.race([promise, trouble, dog.stalled]);

    dog.alive('the connection');
    await unless(connected(connection));
    console.log(`Connected in ${Math.round(performance.now() - started)} ms over ${route(connection)}`);

    const here = await unless(transfers);
    line.clear();
    dog.alive("the page's verdict");
    const there = await unless(verdict);

    // Each side has judged each transfer; it is good when both say so.
    const results = here.map((result, index) => ({ ...result, ok: result.ok && there[index].ok }));
    const closed = new Promise((resolve) => (control.onclose = resolve));
    control.close();
    await unless(closed);

    console.log(`\n${table(results)}\n`);
    if (!results.every((result) => result.ok)) throw new Error('not everything has arrived as it was sent');
  } finally {
    dog.stop();
    connection.close();
    socket.onclose = null;
    socket.close();
  }
}

const report = (error) => {
  console.error(`\nFailed: ${error.message}`);
  process.exitCode = 1;
};

if (options['no-browser']) {
  const { url } = await startServer({
    port: Number(options.port),
    plan,
    onPeer: (socket) => void serve(socket).catch((error) => console.error(`Failed: ${error.message}`)),
  });
  console.log(`Open ${url} in a browser on this machine. Ctrl+C ends.`);
} else {
  let server, browser;
  try {
    let onPeer;
    const done = new Promise((resolve) => (onPeer = (socket) => resolve(serve(socket))));
    server = await startServer({ port: Number(options.port), plan, onPeer });
    // Loopback candidates let it work on a machine without a network, too.
    browser = await launchChromium(['--allow-loopback-in-peer-connection']);
    console.log(`Page ${server.url} in Chromium ${browser.version()}, without a window`);

    const page = await browser.newPage();
    const broken = new Promise((_, reject) => page.once('pageerror', reject));
    await page.goto(server.url);
    await Promise.race([done, broken]);
    await page.waitForSelector('body[data-result=good]');
    if (process.env.DEMO_SCREENSHOT) await page.screenshot({ path: process.env.DEMO_SCREENSHOT, fullPage: true });
    console.log('Everything has arrived as it was sent.');
  } catch (error) {
    report(error);
  } finally {
    await browser?.close();
    await server?.close();
  }
}
