/** The page of live statistics, in a real browser. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RTCPeerConnection, mediaDevices } from 'node-libwebrtc';
import { startInternals } from 'node-libwebrtc/internals';
import { launchChromium } from '../../examples/browser-transfer/chromium.mjs';
import { readEventLog } from '../unit/support/event_log.mjs';
import { LOOPBACK } from './support/sides.mjs';

/** Where pictures of the page go, when somebody wants to see them. */
const SHOTS = process.env.INTERNALS_SHOTS;

let browser, internals, caller, callee, stream;

before(async () => {
  browser = await launchChromium();
  internals = await startInternals({ interval: 100 });
  [caller, callee] = [new RTCPeerConnection({ node: LOOPBACK }), new RTCPeerConnection({ node: LOOPBACK })];
  for (const [from, to] of [
    [caller, callee],
    [callee, caller],
  ]) {
    from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
  }
  stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  caller.createDataChannel('chat <b>bold</b>');
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription);
});

after(async () => {
  stream?.getTracks().forEach((track) => track.stop());
  caller?.close();
  callee?.close();
  await internals?.close();
  await browser?.close();
});

/** Opens the page, which must not complain. */
async function open(t, options) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  t.after(() => assert.deepEqual(complaints, []));
  await page.goto(internals.url);
  await page.getByRole('heading', { name: /^Connection \d/ }).waitFor();
  return page;
}

test('shows what goes on, and offers its files', async (t) => {
  const page = await open(t, { viewport: { width: 1280, height: 800 } });
  await page.getByRole('button', { name: /Connection 1/ }).click();
  await page.getByRole('heading', { name: 'Connection 1' }).waitFor();

  // Graphs of all that runs; each has been drawn.
  for (const name of ['Transport', 'Route', 'Audio out', 'Video out', 'Data channel “chat <b>bold</b>”']) {
    // Until one bundle is agreed on there are as many transports as sections.
    await page.getByRole('heading', { name, exact: true }).first().waitFor();
  }
  await page.waitForFunction(() => /bit\/s/.test(document.querySelector('.figure b').textContent));
  const painted = await page
    .locator('canvas')
    .first()
    .evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
  assert.ok(painted);

  // Events, as they come, with a filter.
  await page.getByRole('tab', { name: 'Events' }).click();
  await page.getByText('setRemoteDescriptionOnSuccess').waitFor();
  await page.getByRole('searchbox').fill('connectionstatechange');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.timeline li:not([hidden]) .type')].every(({ textContent }) =>
      textContent.includes('connectionstatechange'),
    ),
  );
  await page.getByRole('searchbox').fill('');
  caller.restartIce();
  await page.getByText('restartIce', { exact: true }).waitFor();

  await page.getByRole('tab', { name: 'Candidates' }).click();
  await page.locator('tr.selected').getByText('selected').waitFor();
  await page.getByRole('tab', { name: 'Descriptions' }).click();
  await page.getByText('a=fingerprint:').first().waitFor();
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.getByText('iceTransportPolicy').waitFor();

  // A number becomes a graph.
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await page.locator('summary', { hasText: 'outbound-rtp video' }).click();
  await page
    .locator('.member', { hasText: /^framesEncoded/ })
    .getByRole('button')
    .click();
  await page.locator('.member canvas').waitFor();

  // The files.
  const download = async (name) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const dump = JSON.parse(await download('Download dump'));
  assert.equal(Object.keys(dump.PeerConnections).length, 2);
  await page.getByRole('button', { name: 'Start event log' }).click();
  await page.getByRole('button', { name: 'Stop event log' }).click();
  const events = readEventLog(await download('Download event log'));
  assert.equal(events.at(-1).name, 'end');
});

test('fits screens of all sizes, light and dark, and asks nobody else for anything', async (t) => {
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
  const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await open(t, { viewport, colorScheme });
      const elsewhere = [];
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== 'data:' && origin !== new URL(internals.url).origin) elsewhere.push(request.url());
      });
      for (const tab of ['Graphs', 'Events', 'Candidates', 'Descriptions', 'Statistics', 'Configuration']) {
        await page.getByRole('tab', { name: tab }).click();
        await page.locator('.view > *').waitFor();
        const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(width <= seen, `${tab} is ${width} wide on ${seen}`);
        if (SHOTS) await page.screenshot({ path: join(SHOTS, `${size}-${colorScheme}-${tab.toLowerCase()}.png`) });
      }
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red] = /\d+/.exec(background);
      assert.equal(Number(red) < 128, colorScheme === 'dark', background);
      assert.deepEqual(elsewhere, []);
    }
  }
});

test('says when the process has gone', async (t) => {
  const own = await startInternals();
  t.after(() => own.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(own.url);
  await page.getByRole('status').getByText('live', { exact: true }).waitFor();
  await own.close();
  await page.getByRole('status').getByText('disconnected').waitFor();
});
