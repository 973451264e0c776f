/** Starts the system's Chromium without a window, through playwright-core (which brings no browser of its own). */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of an installed Chromium: `CHROMIUM_PATH`, or the first one on the `PATH`. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not there: look at the next one.
      }
    }
  }
  throw new Error('no Chromium found: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH');
}

/**
 * Starts a headless Chromium with a new, empty profile that is deleted again when it is closed.
 *
 * @param {string[]} [args] more command-line switches
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchChromium(args = []) {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    // Chromium's sandbox cannot be had as root, which is what one is in a container or a build machine.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
