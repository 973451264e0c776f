/**
 * Receives simulcast without being a server that forwards it: to the receiver, the sender's one section with three layers
 * is shown as three sections, each with the name of a layer as its `mid`; the sender is shown one that takes all three.
 *
 * The header extensions with the `mid` and the `rid` of each packet swap their meaning on the way, so that the receiver
 * takes the layer's name for the section's.
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

/** Carries candidates, each to the section that both have. */
function link(sender, receiver, midOfSender, midOfReceiver) {
  const failures = [];
  const forward = (from, to, sdpMid) =>
    from.onCandidate((candidate) => {
      to.add(candidate && { ...candidate, sdpMid: sdpMid() }).catch((error) => failures.push(error));
    });
  forward(sender, receiver, midOfReceiver);
  forward(receiver, sender, midOfSender);
  return async () => {
    await Promise.all([sender.connected(), receiver.connected()]).catch((error) => {
      throw failures[0] ?? error;
    });
    if (failures.length > 0) throw failures[0];
  };
}

const midOf = ({ sdp }) => /^a=mid:(.*)$/m.exec(sdp)[1].trim();

/**
 * Connects a side that offers layers, and nothing else, to one that answers, where each layer gets a transceiver with its
 * name.
 */
export async function offerLayers(sender, receiver, rids) {
  const offer = await sender.offer();
  const mid = midOf(offer);
  const connected = link(
    sender,
    receiver,
    () => mid,
    () => rids[0],
  );
  await sender.accept(gather(await receiver.answer(spread(offer, rids)), rids, mid));
  await connected();
}

/**
 * Connects a side that offers to receive layers to one that answers by sending them, in the transceiver that the offer
 * makes: `send` gives it a track. The layers have the names of the receiver's transceivers, which this gives.
 */
export async function askForLayers(receiver, sender, send) {
  const offer = await receiver.offer();
  const rids = [...offer.sdp.matchAll(/^a=mid:(.*)$/gm)].map(([, mid]) => mid.trim());
  const connected = link(
    sender,
    receiver,
    () => rids[0],
    () => rids[0],
  );
  await receiver.accept(spread(await sender.answer(gather(offer, rids, rids[0]), send), rids));
  await connected();
  return rids;
}
