// The page of the recording server in Chromium, as somebody uses it: publishing, watching, playing, and what goes wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from '../../examples/browser-transfer/chromium.mjs';
import { microphone } from './support/media_sides.mjs';
import { recorded, spawnServer, startServer, temporaryDirectory } from './support/recording_server.mjs';
import { publish } from './support/whip_client.mjs';

let browser, audio;
before(async () => {
  audio = microphone({ frequency: 440 });
  browser = await launchChromium([
    ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection'],
    ...['--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling'],
  ]);
});
after(async () => {
  await browser.close();
  audio.stop();
});

/** The page of a server, ready; `troubles` are what it complains of. */
async function open(t, url, size = { width: 1280, height: 800 }) {
  const context = await browser.newContext({ viewport: size, permissions: ['camera', 'microphone'] });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
  return Object.assign(page, { troubles });
}

const playing = (page, id = 'player-video') =>
  page.waitForFunction((id) => {
    const player = document.getElementById(id);
    return !player.paused && player.currentTime > 0.3;
  }, id);

test('somebody publishes, watches and plays', async (t) => {
  const server = await startServer(t, { thumbnailInterval: 1 });
  const page = await open(t, server.url);
  assert.ok(await page.isVisible('#live-empty'));
  assert.ok(await page.isVisible('#recordings-empty'));
  await page.fill('#name', 'somebody');
  await page.click('button[value=camera]');
  await page.waitForSelector('#publish[data-state=live]');
  const card = page.locator('.card', { hasText: 'somebody' });
  // A picture, and a level that moves: Chromium's own microphone beeps once a second.
  await card.locator('.thumbnail img:not([hidden])').waitFor();
  assert.ok(
    await card.locator('.thumbnail img').evaluate((image) => image.decode().then(() => image.naturalWidth > 0)),
  );
  await page.waitForFunction(() => {
    const seen = (globalThis.seen ??= new Set());
    seen.add(document.querySelector('.card .meter').getAttribute('aria-valuenow'));
    return seen.size >= 3;
  });
  await card.locator('.card-open').click();
  await playing(page);
  assert.equal(await page.textContent('#player-note'), 'Live');
  assert.ok(await page.evaluate(() => document.getElementById('player-video').videoWidth > 0));
  await page.keyboard.press('Escape');
  assert.ok(!(await page.isVisible('#player')));
  await recorded(server, 2);

  await page.click('#stop');
  const row = page.locator('.row', { hasText: 'somebody' });
  await row.waitFor();
  assert.ok(await page.isVisible('#live-empty'));
  await row.locator('button', { hasText: 'Play' }).click();
  await playing(page);
  assert.ok((await page.evaluate(() => document.getElementById('player-video').duration)) >= 2);
  await page.click('#player-close');
  const download = page.waitForEvent('download');
  await row.locator('a', { hasText: 'Download' }).click();
  assert.equal((await download).suggestedFilename(), server.recordings()[0].file);
  assert.deepEqual(page.troubles, []);
});

test('sound has a player without an empty picture, on a phone as well', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track], { name: 'voice' });
  await recorded(server, 2);
  const page = await open(t, server.url, { width: 390, height: 844 });
  const heights = () =>
    page.evaluate(() =>
      ['player-sound', 'player-audio', 'player-video'].map((id) =>
        Math.round(document.getElementById(id).getBoundingClientRect().height),
      ),
    );
  await page.locator('.card', { hasText: 'Sound only' }).locator('.card-open').click();
  await playing(page, 'player-audio');
  const [icon, controls, picture] = await heights();
  assert.ok(icon > 0 && controls > 0 && controls < 80 && picture === 0, `${icon}, ${controls}, ${picture}`);
  await page.click('#player-close');
  await client.end();
  const row = page.locator('.row', { hasText: 'voice' });
  await row.locator('.sound-icon').waitFor();
  await row.locator('button', { hasText: 'Play' }).click();
  await playing(page, 'player-audio');
  assert.deepEqual(await heights(), [icon, controls, 0]);
  await page.click('#player-close');
  // Nothing is wider than the phone.
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.deepEqual(page.troubles, []);
});

test('tokens: one that is wrong is told, the right one opens what it is for', async (t) => {
  const server = await startServer(t, { viewTokens: ['out'], publishTokens: ['in'], adminTokens: ['root'] });
  const page = await open(t, server.url);
  assert.equal(await page.textContent('#connection-text'), 'A token is needed');
  assert.ok(await page.isDisabled('button[value=camera]'));
  await page.click('#token-open');
  await page.fill('#token-value', 'guess');
  await page.click('#token-form .primary');
  await page.locator('#token-error', { hasText: 'not known' }).waitFor();
  await page.fill('#token-value', 'root');
  await page.click('#token-form .primary');
  await page.locator('#connection-text', { hasText: 'Connected' }).waitFor();
  assert.ok(await page.isEnabled('button[value=camera]'));
  // Kept where no script can read it.
  assert.equal(await page.evaluate(() => document.cookie), '');
  await page.click('#token-open');
  await page.click('#token-forget');
  await page.locator('#connection-text', { hasText: 'A token is needed' }).waitFor();
  assert.deepEqual(page.troubles, []);
});

test('a server that is gone and comes back', async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await spawnServer(t, directory);
  const page = await open(t, server.url);
  await page.locator('#connection-text', { hasText: 'Connected' }).waitFor();
  server.child.kill('SIGKILL');
  await server.ended;
  await page.locator('#connection-text', { hasText: 'Not connected' }).waitFor();
  const { port } = new URL(server.url);
  const successor = await startServer(t, { directory, port: Number(port) });
  const client = await publish(successor, [audio.track], { name: 'voice' });
  await recorded(successor, 1);
  await page.locator('#connection-text', { hasText: /^Connected$/ }).waitFor();
  await page.locator('.card', { hasText: 'voice' }).waitFor();
  await client.end();
  await page.locator('.row', { hasText: 'voice' }).waitFor();
  assert.deepEqual(page.troubles, []);
});
