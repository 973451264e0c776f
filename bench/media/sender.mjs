// Sends ten tracks of 640x360 to the process that started it.
import { load } from '../libraries/index.mjs';
import { endOf } from './connection.mjs';
import { pace } from './pace.mjs';
import { film } from './pictures.mjs';

const [WIDTH, HEIGHT, RATE, TRACKS] = [640, 360, 15, 10];

const library = await load('node-libwebrtc');
const source = library.media.videoSource();
const pictures = film(30, WIDTH, HEIGHT).map((data) => data.slice());
const end = endOf(library, (message) => process.send(message), { codec: 'VP8' });
process.on('message', (message) => void end.receive(message));
process.on('disconnect', () => process.exit());
for (let i = 0; i < TRACKS; i++) {
  const track = source.track.clone();
  const { sender } = end.connection.addTransceiver(track, {
    direction: 'sendonly',
    sendEncodings: [{ maxBitrate: 300_000 }],
  });
  if (sender.track !== track) throw new Error('no sender');
}
pace(RATE, (index) => {
  const picture = source.picture(WIDTH, HEIGHT, pictures[index % pictures.length]);
  source.push(picture);
  source.release(picture);
});
await end.offer();
