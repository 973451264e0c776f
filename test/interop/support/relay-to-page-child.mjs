/** Offers from behind a TURN server, the first argument, to a page that the parent process has. */
import { LOOPBACK, NodeSide } from './sides.mjs';
import { inbox, opened } from './wait.mjs';

const iceServer = JSON.parse(process.argv[2]);
const node = new NodeSide({ node: LOOPBACK, iceServers: [iceServer], iceTransportPolicy: 'relay' });
const channel = node.pc.createDataChannel('data');

process.on('message', ({ answer, candidate }) => {
  if (answer) void node.accept(answer);
  if (candidate !== undefined) void node.add(candidate);
});
const offer = await node.offer();
process.send({ offer });
node.onCandidate((candidate) => process.send({ candidate }));

await opened(channel);
const received = inbox(channel);
channel.send('over and back');
const [echoed] = await received.take(1);
const { type, relayProtocol } = node.pc.sctp.transport.iceTransport.getSelectedCandidatePair().local;
node.close();
process.send({ result: { echoed, type, relayProtocol } }, () => process.disconnect());
