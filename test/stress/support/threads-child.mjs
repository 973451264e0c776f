/** Prints which threads there are at which time, as JSON. */
import { threads } from './process.mjs';

/** What is in `now` beyond `before`. */
function beyond(now, before) {
  const left = [...before];
  return now.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

const start = threads();
const { connectedPair, newPeer } = await import('./peers.mjs');
const { recordingPair } = await import('./recorded.mjs');
const { eventually } = await import('./process.mjs');
const loaded = beyond(threads(), start);

newPeer().close();
const first = await connectedPair();
const onePair = beyond(threads(), start);
const pairs = [first];
for (let i = 1; i < 50; i++) pairs.push(await connectedPair());
const fiftyPairs = beyond(threads(), start);
for (const { one, other } of pairs) {
  one.close();
  other.close();
}
await eventually(
  () => beyond(threads(), start).length === 0,
  () => `these threads to end: ${beyond(threads(), start).join(', ')}`,
);

// The same with media that is decoded, recorded as it is, and recorded in another codec.
const media = [await recordingPair()];
const oneRecorded = beyond(threads(), start);
while (media.length < 10) media.push(await recordingPair());
const tenRecorded = beyond(threads(), start);
for (const { one, other, stop } of media) {
  stop();
  one.close();
  other.close();
}
await eventually(
  () => beyond(threads(), start).length === 0,
  () => `these threads to end: ${beyond(threads(), start).join(', ')}`,
);
console.log(JSON.stringify({ start, loaded, onePair, fiftyPairs, oneRecorded, tenRecorded }));
