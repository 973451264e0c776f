/** webrtc-adapter: on the polyfill it loads, and leaves every class and method as it is. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { install } from '../../dist/polyfill.mjs';

/** Every property of the interfaces, with its value or its accessors. */
function surface() {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^(RTC|Media)/.test(name));
  return names.sort().map((name) => {
    const { prototype } = globalThis[name];
    return [
      name,
      globalThis[name],
      Object.getOwnPropertyDescriptors(globalThis[name]),
      Object.getOwnPropertyDescriptors(prototype),
    ];
  });
}

/** A window as a page has it: the names of the polyfill, and a navigator of this browser. */
function windowOf(userAgent) {
  const window = { navigator: { userAgent }, document: {}, location: {}, addEventListener() {} };
  window.window = window;
  install({ target: window });
  return window;
}

test('it loads where there is no page, and changes nothing', () => {
  const before = surface();
  const adapter = createRequire(import.meta.url)('webrtc-adapter').default;
  assert.ok(adapter.browserDetails.browser);
  assert.deepEqual(surface(), before);
});

test('it takes the polyfill for a current browser, whose connections still work', async () => {
  const { adapterFactory } = await import('webrtc-adapter/dist/adapter_factory.js');
  const window = windowOf('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36');
  window.webkitRTCPeerConnection = undefined;
  const { browserDetails } = adapterFactory({ window });
  assert.equal(typeof browserDetails.browser, 'string');
  const [one, other] = [0, 1].map(() => new window.RTCPeerConnection({ node: { includeLoopback: true } }));
  one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
  const arrived = new Promise((resolve) => {
    other.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => resolve(data));
  });
  const channel = one.createDataChannel('adapted');
  channel.onopen = () => channel.send('through the adapter');
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  assert.equal(await arrived, 'through the adapter');
  one.close();
  other.close();
});
