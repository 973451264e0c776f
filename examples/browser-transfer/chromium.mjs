/** Starts the system's Chromium without a window, through playwright-core (which brings no browser of its own). */
import { chromium } from 'playwright-core';
import { findProgram } from '../shared/find_program.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of an installed Chromium: `CHROMIUM_PATH`, or the first one on the `PATH`. */
export const findChromium = () => findProgram(NAMES, { variable: 'CHROMIUM_PATH', debian: 'chromium' });

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
