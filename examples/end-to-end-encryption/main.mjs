/**
 * End-to-end encryption between Node and a page in Chromium, both ways, by SFrame (RFC 9605): whoever carries the packets
 * without the key, a server in the middle above all, has nothing to decode.
 *
 *     node examples/end-to-end-encryption/main.mjs
 *
 * Node encrypts by `SFrameTransform`, on libwebrtc's threads. Chromium has none, so that a worker of the page does the
 * same in JavaScript, by `RTCRtpScriptTransform` and sframe.mjs. First nobody has the other's key, then both do.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { RTCPeerConnection, RTCRtpSender, SFrameTransform, VideoFrame, VideoSink, VideoSource } from 'node-libwebrtc';
import { launchChromium } from '../browser-transfer/chromium.mjs';
import { loopback } from '../shared/pair.mjs';

/** Each who encrypts has a key id of its own, so that both may count from 0 with the same base key. */
const [FROM_NODE, FROM_PAGE] = [1, 2];
const [GREEN, RED] = [
  [40, 160, 60],
  [190, 40, 50],
];
const cipherSuite = 'AES_128_GCM_SHA256_128';

// How the ends come to a key is the application's business: it must not be by way of the server in the middle.
const secret = crypto.getRandomValues(new Uint8Array(16));
const baseKey = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);

/** A track of one colour, a little different in each picture. */
function paint([red, green, blue]) {
  const [width, height] = [320, 180];
  const source = new VideoSource();
  let count = 0;
  const timer = setInterval(() => {
    const pixels = new Uint8Array(width * height * 4);
    new Uint32Array(pixels.buffer).fill(((255 << 24) | ((blue + (count++ % 8)) << 16) | (green << 8) | red) >>> 0);
    const timestamp = Math.round(performance.now() * 1000);
    const frame = new VideoFrame(pixels, { format: 'RGBA', codedWidth: width, codedHeight: height, timestamp });
    source.push(frame);
    frame.close();
  }, 66);
  return { track: source.createTrack(), stop: () => clearInterval(timer) };
}

/** Whether a picture has that colour, as far as a codec keeps it. */
const resembles = (seen, colour) => seen !== null && colour.every((part, at) => Math.abs(part - seen[at]) < 40);

/** Asks again until the answer is a good one. */
async function until(ask, isGood) {
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    await wait(100);
  }
}

// The page, and what belongs to it.
const files = new Set(['/page/page.mjs', '/page/worker.mjs', '/sframe.mjs']);
const server = createServer(async ({ url }, response) => {
  if (url === '/') {
    response.setHeader('content-type', 'text/html');
    response.end('<video autoplay muted></video><script type="module" src="/page/page.mjs"></script>');
  } else if (files.has(url)) {
    response.setHeader('content-type', 'text/javascript').end(await readFile(new URL(`.${url}`, import.meta.url)));
  } else {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await launchChromium(['--allow-loopback-in-peer-connection']);
const page = await browser.newPage();

// The connection: VP9, whose payload format does not look into the frames that it carries.
const connection = new RTCPeerConnection(loopback);
const painted = paint(GREEN);
const [sending, receiving] = [new SFrameTransform({ cipherSuite }), new SFrameTransform({ cipherSuite })];
await sending.setEncryptionKey(baseKey, FROM_NODE);
let undecryptable = 0;
receiving.onerror = ({ errorType }) => (undecryptable += errorType === 'keyID' ? 1 : 0);
const transceiver = connection.addTransceiver(painted.track, { direction: 'sendrecv' });
transceiver.sender.transform = sending;
transceiver.receiver.transform = receiving;
transceiver.setCodecPreferences(
  RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === 'video/VP9'),
);
let decoded = 0;
let seenByNode = null;
const sink = new VideoSink(transceiver.receiver.track, async (frame) => {
  const { codedWidth: width, codedHeight: height } = frame;
  const pixels = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(pixels, { format: 'RGBA' });
  frame.close();
  decoded++;
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
  seenByNode = [...pixels.subarray(middle, middle + 3)];
});

await page.exposeFunction('candidate', (candidate) => connection.addIceCandidate(candidate));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction('window.colour !== undefined');
await page.evaluate(([key, id]) => window.setKey(key, id, true), [[...secret], FROM_PAGE]);
connection.onicecandidate = ({ candidate }) =>
  page.evaluate((init) => window.addCandidate(init), candidate?.toJSON() ?? null);
await connection.setLocalDescription();
const offer = connection.localDescription.toJSON();
await connection.setRemoteDescription(
  await page.evaluate(([description, colour]) => window.answer(description, colour), [offer, RED]),
);

// Both send, and neither has the key of what it gets.
const before = await until(
  () => page.evaluate(() => window.received()),
  ({ packets }) => packets > 50,
);
await until(
  () => undecryptable,
  (count) => count > 20,
);
console.log(`without the keys: ${before.decoded} pictures decoded by the page, ${decoded} by Node`);

await page.evaluate(([key, id]) => window.setKey(key, id, false), [[...secret], FROM_NODE]);
await receiving.setEncryptionKey(baseKey, FROM_PAGE);
const seenByPage = await until(
  () => page.evaluate(() => window.colour()),
  (colour) => resembles(colour, GREEN),
);
await until(
  () => seenByNode,
  (colour) => resembles(colour, RED),
);
console.log(`with the keys: the page sees rgb(${seenByPage}), Node sees rgb(${seenByNode})`);

sink.close();
painted.stop();
connection.close();
await browser.close();
server.close();
