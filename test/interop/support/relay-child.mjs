/**
 * Runs in a child process, because Node reads NODE_EXTRA_CA_CERTS when it starts. Gathers with the configuration of
 * the first argument; with `connect` as the second one it also connects two peers that have this configuration, and
 * sends a message over and back. Prints what it saw as JSON.
 */
import { LOOPBACK, NodeSide, connect } from './sides.mjs';
import { inbox, opened, until } from './wait.mjs';

const configuration = { node: LOOPBACK, ...JSON.parse(process.argv[2]) };

const one = new NodeSide(configuration);
const errors = [];
one.pc.onicecandidateerror = ({ address, port, url, errorCode, errorText }) =>
  errors.push({ address, port, url, errorCode, errorText });
const channel = one.pc.createDataChannel('data');

const other = new NodeSide(configuration);
let pair, echoed;
if (process.argv[3] === 'connect') {
  other.pc.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => channel.send(data));
  await connect(one, other);
  await opened(channel);
  const received = inbox(channel);
  channel.send('over and back');
  [echoed] = await received.take(1);
  const { local, remote } = one.pc.sctp.transport.iceTransport.getSelectedCandidatePair();
  pair = [local.type, remote.type];
} else {
  await one.offer();
}
await until(
  one.pc,
  'icegatheringstatechange',
  () => one.pc.iceGatheringState === 'complete',
  'all candidates to be gathered',
);
const candidates = one.candidates
  .filter((candidate) => candidate?.candidate)
  .map(({ type, protocol, relayProtocol, url, address, port, relatedAddress, relatedPort }) => ({
    ...{ type, protocol, relayProtocol, url, address, port, relatedAddress, relatedPort },
  }));
one.close();
other.close();
console.log(JSON.stringify({ candidates, errors, pair, echoed }));
