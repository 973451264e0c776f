/** Offers and answers compared with Chromium's, fact by fact. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MediaStream, RTCPeerConnection, RTCRtpReceiver } from 'node-libwebrtc';
import { configurations, describe } from './support/sdp_configurations.mjs';
import { difference, facts } from './support/sdp_facts.mjs';
import { startBrowser } from './support/sides.mjs';

/** What may differ, and why. */
const explained = [
  {
    fact: /: a=rtcp-xr:rcvr-rtt=all$/,
    why: 'Chromium after M150 offers receiver reference time reports in RTCP; libwebrtc M150 does not write the attribute',
  },
];

let chromium, page;
before(async () => {
  // Configurations are written as they are for a page.
  Object.assign(globalThis, { MediaStream, RTCPeerConnection, RTCRtpReceiver });
  chromium = await startBrowser();
  page = await chromium.browser.newPage();
});
after(() => chromium?.close());

/** A configuration as the text of an expression. */
function text(configuration) {
  const members = Object.entries(configuration).map(
    ([name, value]) => `${name}: ${typeof value === 'function' ? value : JSON.stringify(value)}`,
  );
  return `({ ${members.join(', ')} })`;
}

for (const [name, configuration] of Object.entries(configurations)) {
  test(`the same as Chromium's: ${name}`, async () => {
    const ours = await describe(configuration);
    const theirs = await page.evaluate(`(${describe})(${text(configuration)})`);
    for (const kind of ['offer', 'answer']) {
      const { onlyOne, onlyOther } = difference(facts(ours[kind]), facts(theirs[kind]));
      const open = (list) => list.filter((fact) => !explained.some((entry) => entry.fact.test(fact)));
      assert.deepEqual({ kind, node: open(onlyOne), chromium: open(onlyOther) }, { kind, node: [], chromium: [] });
    }
  });
}
