import { load } from '../libraries/index.mjs';
import { count, measure, wait } from '../load.mjs';

const [name, seconds] = process.argv.slice(2);
const library = await load(name);
const peer = library.createPeer({ offerer: false, signal: (message) => process.send(message) });
process.on('message', (message) => void peer.receive(message));
process.send({ ready: true });
const tally = count(await peer.channel);
const measured = measure(tally, Number(seconds));
await wait(1000); // measure() warms up for as long
process.send({ measuring: true });
process.send({ figures: await measured });
