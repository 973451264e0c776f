/**
 * Pages of Chromium that run a program of ours with the same libraries, put together by esbuild. A program is a module
 * whose exports the test calls by name.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchChromium } from '../../../examples/browser-transfer/chromium.mjs';
import { within } from '../../interop/support/wait.mjs';

/** One file with everything that the program needs. */
async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../pages/${name}.mjs`, import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'program',
    platform: 'browser',
    define: { global: 'globalThis' },
    logLevel: 'error',
    write: false,
  });
  return outputFiles[0].text;
}

class Page {
  /** What the page says, for messages of failures. */
  log = [];
  #page;

  constructor(page) {
    this.#page = page;
    page.on('console', (message) => this.log.push(message.text()));
    page.on('pageerror', (error) => this.log.push(`${error.stack ?? error}`));
  }

  /** Calls a function that the program exports; gives what it gives, as JSON has it. */
  async call(name, ...args) {
    const called = this.#page.evaluate(([name, args]) => globalThis.program[name](...args), [name, args]);
    try {
      return await within(called, `the page's ${name}`, 90);
    } catch (error) {
      throw new Error(`${error.message}\nThe page said:\n${this.log.slice(-30).join('\n')}`, { cause: error });
    }
  }

  /** Gives the program a function of ours, on its global object. */
  expose(name, callback) {
    return this.#page.exposeFunction(name, callback);
  }

  goto(url) {
    return this.#page.goto(url);
  }

  close() {
    return this.#page.context().close();
  }
}

/** A Chromium that plays and records without anybody touching it, and an origin for its pages. */
export async function startPages() {
  const scripts = new Map();
  const server = createServer((request, response) => {
    const name = /^\/([a-z-]+)(\.js)?$/.exec(request.url);
    if (name?.[2]) response.writeHead(200, { 'content-type': 'text/javascript' }).end(scripts.get(name[1]));
    else if (name)
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><meta charset="utf-8"><title>${name[1]}</title><script src="/${name[1]}.js"></script>`);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium([
    '--allow-loopback-in-peer-connection',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
  ]);
  return {
    /** A page with the program of this name below `pages/`. */
    async open(name, exposed = {}) {
      if (!scripts.has(name)) scripts.set(name, await bundle(name));
      // A page that may use the camera gets candidates with addresses instead of names that end in `.local`.
      const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
      const page = new Page(await context.newPage());
      for (const [key, callback] of Object.entries(exposed)) await page.expose(key, callback);
      await page.goto(`http://127.0.0.1:${server.address().port}/${name}`);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
