/**
 * The system's Firefox without a window, driven by WebDriver BiDi, which it speaks itself. What `launchFirefox` gives has
 * the few methods of Playwright's browsers, contexts and pages that the tests use.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '../../../examples/shared/find_program.mjs';
import { BidiClient } from './bidi.mjs';
import { within } from './wait.mjs';

const PREFERENCES = {
  // Candidates with addresses, those of loopback too; nobody is there to be asked.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.default_address_only': false,
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'media.navigator.audio.fake_frequency': 620,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.autoplay.block-webaudio': false,
  // A page that nobody looks at works as fast as any other.
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  'dom.timeout.background_throttling_max_budget': -1,
  'dom.ipc.processPriorityManager.enabled': false,
  'widget.windows.window_occlusion_tracking.enabled': false,
  // Exact clocks and pixels.
  'privacy.reduceTimerPrecision': false,
  'privacy.resistFingerprinting': false,
  'gfx.color_management.mode': 0,
  // It calls nobody.
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.region.network.url': '',
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'browser.tabs.warnOnClose': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.url': 'data:application/json,{}',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'remote.active-protocols': 1,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

const NAMES = ['firefox-esr', 'firefox'];

/** The path of an installed Firefox: `FIREFOX_PATH`, or the first one on the `PATH`. */
export const findFirefox = () => findProgram(NAMES, { variable: 'FIREFOX_PATH', debian: 'firefox-esr' });

/** A window of its own, so that no other page hides it. */
class FirefoxPage {
  #client;
  #context;
  #closed = false;
  #functions = new Map();

  constructor(client, context) {
    this.#client = client;
    this.#context = context;
  }

  static async open(client) {
    const { context } = await client.send('browsingContext.create', { type: 'window' });
    const page = new FirefoxPage(client, context);
    await client.on('script.message', ({ channel, data }) => {
      page.#functions.get(channel)?.(JSON.parse(data.value));
    });
    return page;
  }

  /** Gives the page a function of that name, now and after each `goto`; what it returns stays here. */
  async exposeFunction(name, call) {
    const channel = `${this.#context} ${name}`;
    this.#functions.set(channel, call);
    await this.#client.send('script.addPreloadScript', {
      functionDeclaration: `(send) => { globalThis[${JSON.stringify(name)}] = (value) => send(JSON.stringify(value ?? null)); }`,
      arguments: [{ type: 'channel', value: { channel } }],
      contexts: [this.#context],
    });
  }

  async goto(url) {
    await this.#client.send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** Runs a function in the page, with an argument and a result as JSON has them. */
  async evaluate(run, argument) {
    const answer = await this.#client.send('script.callFunction', {
      functionDeclaration: `async (text) => JSON.stringify(await (${run})(text === null ? undefined : JSON.parse(text)))`,
      arguments: [argument === undefined ? { type: 'null' } : { type: 'string', value: JSON.stringify(argument) }],
      awaitPromise: true,
      target: { context: this.#context },
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return answer.result.type === 'string' ? JSON.parse(answer.result.value) : undefined;
  }

  isClosed() {
    return this.#closed;
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.send('browsingContext.close', { context: this.#context });
  }
}

/**
 * Starts a headless Firefox with a new, empty profile that is deleted again when it is closed.
 *
 * @param {Record<string, string | number | boolean>} [preferences] more of what `about:config` shows
 */
export async function launchFirefox(preferences = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'firefox-'));
  const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile, 'user.js'), lines.join(''));
  const child = spawn(
    findFirefox(),
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'],
    // Its home is its profile: it finds, and leaves, nothing elsewhere.
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' } },
  );
  const ended = once(child, 'close');
  const url = new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (found) resolve(found[1]);
      else said.push(line);
    });
    ended.then(() => reject(new Error(`Firefox has ended: ${said.slice(-5).join('; ')}`)), reject);
  });
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  let client;
  try {
    client = await BidiClient.connect(await within(url, 'Firefox to listen'));
    const { capabilities } = await client.send('session.new', { capabilities: {} });
    return {
      version: () => capabilities.browserVersion,
      async newContext() {
        const pages = [];
        return {
          async newPage() {
            const page = await FirefoxPage.open(client);
            pages.push(page);
            return page;
          },
          async close() {
            for (const page of pages) await page.close();
          },
        };
      },
      async close() {
        await client.send('browser.close').catch(() => {});
        client.close();
        await end();
      },
    };
  } catch (error) {
    client?.close();
    await end();
    throw error;
  }
}
