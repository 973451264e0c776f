/** Whether the page of live statistics is wanted from the start. */
import { isMainThread } from 'node:worker_threads';
import type * as environment from './environment';

const address = process.env['NODE_LIBWEBRTC_INTERNALS'];
// Workers inherit the variable, but one port serves one of us.
if (address !== undefined && address !== '' && isMainThread) {
  // At once and not by import(): the first connection is made in the same turn.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { startFromEnvironment } = require('./environment') as typeof environment;
  startFromEnvironment(address);
}
