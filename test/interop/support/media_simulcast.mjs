/**
 * Receives simulcast without being a server that forwards it: to Node, Chromium's one section with three layers is shown
 * as three sections, each with the name of a layer as its `mid`; Chromium is shown one that takes all three.
 *
 * The header extensions with the `mid` and the `rid` of each packet swap their meaning on the way, so that Node takes
 * the layer's name for the section's.
 */

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

const swapped = (line) => {
  if (!line.startsWith('a=extmap:')) return line;
  if (line.endsWith(MID)) return line.replace(MID, RID);
  return line.endsWith(RID) ? line.replace(RID, MID) : line;
};

function parse(sdp) {
  const [session, ...sections] = sdp.split(/(?=^m=)/m).map((part) => part.split('\r\n').filter(Boolean));
  return { session, sections };
}

const join = (...parts) => parts.flat(2).join('\r\n') + '\r\n';

const grouped = (session, mids) =>
  session.map((line) => (line.startsWith('a=group:BUNDLE') ? `a=group:BUNDLE ${mids.join(' ')}` : line));

/** An offer with a section for each layer, of one that has them all in one. */
function spread({ type, sdp }, rids) {
  const { session, sections } = parse(sdp);
  const layers = rids.map((rid) =>
    sections[0]
      .filter((line) => !/^a=(rid|simulcast):/.test(line))
      .map((line) => (line.startsWith('a=mid:') ? `a=mid:${rid}` : swapped(line)))
      .map((line) => (line.startsWith('a=msid:') ? `${line}-${rid}` : line)),
  );
  return { type, sdp: join(grouped(session, rids), layers) };
}

/** An answer with one section that takes all layers, of one with a section for each. */
function gather({ type, sdp }, rids, mid) {
  const { session, sections } = parse(sdp);
  const section = sections[0].map((line) => (line.startsWith('a=mid:') ? `a=mid:${mid}` : swapped(line)));
  const layers = [...rids.map((rid) => `a=rid:${rid} recv`), `a=simulcast:recv ${rids.join(';')}`];
  return { type, sdp: join(grouped(session, [mid]), section, layers) };
}

/** Connects a page that sends layers, and nothing else, to Node, where each one gets a transceiver with its name. */
export async function receiveLayers(page, node, rids) {
  const failures = [];
  const forward = (from, to, sdpMid) =>
    from.onCandidate((candidate) => {
      to.add(candidate && { ...candidate, sdpMid: sdpMid() }).catch((error) => failures.push(error));
    });
  const offer = await page.offer();
  const mid = /^a=mid:(.*)$/m.exec(offer.sdp)[1].trim();
  forward(page, node, () => rids[0]);
  forward(node, page, () => mid);
  await page.accept(gather(await node.answer(spread(offer, rids)), rids, mid));
  await Promise.all([page.connected(), node.connected()]).catch((error) => {
    throw failures[0] ?? error;
  });
  if (failures.length > 0) throw failures[0];
}
