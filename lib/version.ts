/** Which versions this is made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Milestone of the libwebrtc that the addon is built from. */
export const LIBWEBRTC_MILESTONE = 150;

/** The package's own version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}
