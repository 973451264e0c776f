/** Opens and closes many pairs, and prints what is left of them as JSON. */
import { once } from 'node:events';
import { connectedPair } from './peers.mjs';
import { descriptors, eventually, residentKilobytes, threads } from './process.mjs';

const STAGE = 250; // pairs
const STAGES_AT_MOST = 16;
/** Memory is flat when so many stages together have grown by less than so much for each pair. */
const FLAT_STAGES = 3;
const FLAT_KILOBYTES = 4;

async function churn(count) {
  for (let i = 0; i < count; i++) {
    const { one, other, near, far } = await connectedPair();
    const message = once(far, 'message');
    near.send('hello');
    await message;
    one.close();
    other.close();
  }
}

await residentKilobytes(); // What loading the modules has left to do is done then.
const before = { threads: threads(), descriptors: descriptors(), resources: process.getActiveResourcesInfo() };
// Allocators take their time until they have what they like to keep; a leak goes on for ever.
const resident = [await residentKilobytes()];
let isFlat = false;
while (!isFlat && resident.length <= STAGES_AT_MOST) {
  await churn(STAGE);
  resident.push(await residentKilobytes());
  const growth = resident.at(-1) - (resident.at(-1 - FLAT_STAGES) ?? 0);
  isFlat = growth < FLAT_STAGES * STAGE * FLAT_KILOBYTES;
}
await eventually(
  () => threads().length <= before.threads.length && descriptors() <= before.descriptors,
  () => `threads and descriptors to be gone; there are ${threads().join(', ')} and ${descriptors()} descriptors`,
);
console.log(
  JSON.stringify({
    isFlat,
    resident,
    pairs: (resident.length - 1) * STAGE,
    before,
    after: { threads: threads(), descriptors: descriptors(), resources: process.getActiveResourcesInfo() },
  }),
);
