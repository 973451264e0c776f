/** Runs on a machine of a test's own: one peer connection with the default settings, driven over IPC. */
import { NodeSide } from './sides.mjs';
import { opened } from './wait.mjs';

const side = new NodeSide({});
const { pc } = side;
const tell = (event) => process.connected && process.send(event);

const channel = pc.createDataChannel('data', { negotiated: true, id: 1 });
/** Whatever came, in order. */
const received = [];
channel.addEventListener('message', ({ data }) => {
  received.push(Number(data));
  tell({ received: received.length });
});
channel.addEventListener('close', () => tell({ closed: true }));

side.onCandidate((candidate) => tell({ candidate }));
pc.addEventListener('connectionstatechange', () => tell({ connectionState: pc.connectionState }));

/** The addresses of the pair in use. */
const pair = () => {
  const selected = pc.sctp.transport.iceTransport.getSelectedCandidatePair();
  return selected && { local: selected.local.address, remote: selected.remote.address };
};
let ice;
/** The transport is there from the first description on. */
const watch = () => {
  if (ice || !pc.sctp) return;
  ice = pc.sctp.transport.iceTransport;
  ice.addEventListener('selectedcandidatepairchange', () => tell({ pair: pair() }));
};

let sent = 0;
let talk;

const commands = {
  offer: (options) => side.offer(options),
  answer: (offer) => side.answer(offer),
  accept: (answer) => side.accept(answer),
  add: (candidate) => side.add(candidate),
  opened: () => opened(channel),
  pair,
  restart: () => pc.restartIce(),
  received: () => received,

  /** Sends a number every now and then, whatever becomes of the network. */
  talk() {
    talk = setInterval(() => channel.send(`${sent++}`), 10);
  },
  /** Stops, and gives how many numbers have been sent. */
  hush() {
    clearInterval(talk);
    return sent;
  },
};

process.on('message', async ({ id, command, argument }) => {
  try {
    const value = await commands[command](argument);
    watch();
    tell({ id, value: value ?? null });
  } catch (error) {
    tell({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());
