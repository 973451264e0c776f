/** Offers in the forms of other implementations are taken, and answered in every section. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCPeerConnection } from 'node-libwebrtc';
import { offers } from './support/sdp_foreign.mjs';

const sectionsOf = (sdp) => sdp.split(/^(?=m=)/m).slice(1);
const midOf = (section) => /^a=mid:(\S+)/m.exec(section)?.[1];

for (const [name, { sdp, sections }] of Object.entries(offers)) {
  test(`an offer of ${name} is answered`, async (t) => {
    const pc = new RTCPeerConnection();
    t.after(() => pc.close());
    const tracks = [];
    pc.ontrack = ({ track }) => tracks.push(track.kind);
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await pc.setLocalDescription();
    assert.equal(pc.signalingState, 'stable');

    const offered = sectionsOf(sdp);
    const answered = sectionsOf(pc.localDescription.sdp);
    assert.deepEqual(
      answered.map((section) => /^m=(\S+)/.exec(section)[1]),
      sections,
    );
    answered.forEach((section, index) => {
      assert.equal(midOf(section), midOf(offered[index]));
      assert.match(section, /^a=setup:active\r$/m);
      assert.doesNotMatch(section, /^m=\S+ 0 /, 'no section is rejected');
      const protocol = (text) => /^m=\S+ \d+ (\S+)/.exec(text)[1];
      assert.equal(protocol(section), protocol(offered[index]));
    });
    // What the other side sends, there is a track for.
    const sending = offered.filter((section) => /^m=(audio|video)/.test(section) && !/^a=recvonly/m.test(section));
    assert.equal(tracks.length, sending.length);
    assert.equal(pc.sctp !== null, sections.includes('application'));
  });
}
