/** GStreamer's `webrtcbin` as a publisher; `whipclientsink`, which is made of it, is in no package of Debian 12. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './recording_server.mjs';
import { makeSourceFile } from './source_file.mjs';
import { within } from './wait.mjs';

const PROGRAM = fileURLToPath(new URL('gstreamer_publisher.py', import.meta.url));
/** The system's own Python: others do not know GStreamer. */
const PYTHON = '/usr/bin/python3';

/**
 * Publishes the pictures and the beeps for so many seconds, and resolves when the connection is up.
 *
 * @returns a function that ends it
 */
export async function publishFromGStreamer(t, endpoint, { frequency, seconds, token }) {
  const file = join(await temporaryDirectory(t), 'source.webm');
  await makeSourceFile(file, seconds, frequency);
  const child = spawn(PYTHON, [PROGRAM, file, endpoint, token], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const connected = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('connected')) resolve();
    });
  });
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  const early = ended.then(() => Promise.reject(new Error(`GStreamer has ended: ${said}`)));
  early.catch(() => {});
  await within(Promise.race([connected, early]), 'GStreamer to be connected').catch(({ message }) => {
    throw new Error(`${message}; it says: ${said}`);
  });
  return async () => {
    child.kill('SIGINT');
    await within(ended, `GStreamer to end; it says: ${said}`);
  };
}
