/**
 * What stands at an address of the test server: web-platform-tests' own server is replaced by files of the checkout, so
 * that no server has to run. Only the parts of it that the tests of this project use are here: the page around
 * `.window.js`, `.any.js` and `.worker.js` tests, substitutions in `.sub.` files, and the alias of the IDL parser.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const host = 'web-platform.test';
const otherHost = 'not-web-platform.test';
/** The hosts that the test server has. */
const subdomains = ['', 'www', 'www1', 'www2', 'xn--n8j6ds53lwwkrqhv28a', 'xn--lve-6lad'];
export const hosts = [host, otherHost].flatMap((name) =>
  subdomains.map((sub) => (sub === '' ? name : `${sub}.${name}`)),
);
/** The ports of its schemes. */
export const ports = { http: ['8000', '8001'], https: ['8443', '8444'], ws: ['8002'], wss: ['8446'] };

/** A folder at the root of the server that is not the checkout's: tests of this project in the form of those. */
export const ownDirectory = 'node-libwebrtc';
const ownRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * Where a path of the server is in the file system.
 * @param {string} root The checkout.
 * @param {string} path
 */
export function locate(root, path) {
  const below = join('/', path);
  const isOwn = below === `/${ownDirectory}` || below.startsWith(`/${ownDirectory}/`);
  return join(isOwn ? ownRoot : root, below);
}

const aliases = new Map([['/resources/WebIDLParser.js', '/resources/webidl2/lib/webidl2.js']]);

const contentTypes = {
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  idl: 'text/plain',
  txt: 'text/plain',
  xml: 'application/xml',
  png: 'image/png',
};

/**
 * The address of a test. As on the real server, `.https.` in the name gives a secure origin.
 * @param {string} path Path of the test below the checkout, with a leading slash.
 * @param {string} variant `?…` or empty.
 */
export function testUrl(path, variant = '') {
  const secure = /\.https\./.test(path);
  return new URL(path + variant, secure ? `https://${host}:${ports.https[0]}` : `http://${host}:${ports.http[0]}`);
}

/** Whether the address belongs to the test server. */
export function isTestServer(url) {
  return url.hostname === host || url.hostname.endsWith(`.${host}`) || url.hostname.endsWith(otherHost);
}

export class Resources {
  #root;

  /** @param {string} root The checkout of web-platform-tests. */
  constructor(root) {
    this.#root = root;
  }

  /**
   * Reads what stands at an address.
   * @param {URL} url
   * @returns {{ body: Buffer, type: string } | null} `null` where there is nothing.
   */
  read(url) {
    const path = decodeURIComponent(url.pathname);
    const file = this.#file(path);
    if (file === null) return null;
    const type = contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    const body = readFileSync(file);
    return { body: path.includes('.sub.') ? Buffer.from(substitute(body.toString(), url)) : body, type };
  }

  /** What the server answers: a file, or what it makes around one. */
  respond(url) {
    if (url.pathname.endsWith('.any.worker.js')) {
      const script = this.workerScript(url);
      return script === null ? null : { body: Buffer.from(script), type: 'text/javascript' };
    }
    const found = this.read(url);
    if (found !== null) return found;
    const page = this.page(url);
    return page === null ? null : { body: Buffer.from(page), type: 'text/html' };
  }

  /** As {@link read}, decoded as UTF-8. */
  readText(url) {
    return this.read(url)?.body.toString() ?? null;
  }

  /**
   * The source of a test's page: the file, or the page the server makes around a script.
   * @param {URL} url
   */
  page(url) {
    const path = decodeURIComponent(url.pathname);
    for (const [suffix, scope] of [
      ['.window.html', 'window'],
      ['.any.html', 'window'],
      ['.any.worker.html', 'worker'],
      ['.worker.html', 'worker'],
    ]) {
      if (!path.endsWith(suffix)) continue;
      const script =
        path.slice(0, -suffix.length) + suffix.replace('.any.worker.html', '.any.js').replace('.html', '.js');
      const source = this.readText(new URL(script, url));
      if (source !== null) return scope === 'window' ? windowPage(script, source) : workerPage(script, source);
    }
    return this.readText(url);
  }

  /**
   * The source of a worker's script: a file, or the script the server makes around an `.any.js` test.
   * @param {URL} url
   */
  workerScript(url) {
    if (url.pathname.endsWith('.any.worker.js')) {
      const script = url.pathname.replace(/\.any\.worker\.js$/, '.any.js');
      const source = this.readText(new URL(script, url));
      return source === null ? null : anyWorkerScript(script, source);
    }
    return this.readText(url);
  }

  #file(path) {
    const file = locate(this.#root, aliases.get(path) ?? path);
    return existsSync(file) && statSync(file).isFile() ? file : null;
  }
}

/**
 * The `// META:` lines of a script test.
 * @param {string} source
 * @returns {[key: string, value: string][]}
 */
export function metaLines(source) {
  const lines = [];
  for (const line of source.split('\n')) {
    const match = /^\/\/\s*META:\s*(\w+)=(.*)$/.exec(line.trimEnd());
    if (match) lines.push([match[1], match[2]]);
    else if (line.trim() !== '' && !line.startsWith('//')) break;
  }
  return lines;
}

function pageHead(meta) {
  const timeout = meta.some(([key, value]) => key === 'timeout' && value === 'long');
  const title = meta.find(([key]) => key === 'title')?.[1];
  return [
    '<!doctype html>',
    '<meta charset=utf-8>',
    ...(timeout ? ['<meta name="timeout" content="long">'] : []),
    ...(title ? [`<title>${title.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</title>`] : []),
  ];
}

function windowPage(script, source) {
  const meta = metaLines(source);
  return [
    ...pageHead(meta),
    '<script>self.GLOBAL = { isWindow() { return true; }, isWorker() { return false; }, isShadowRealm() { return false; } };</script>',
    '<script src="/resources/testharness.js"></script>',
    '<script src="/resources/testharnessreport.js"></script>',
    ...meta.filter(([key]) => key === 'script').map(([, value]) => `<script src="${value}"></script>`),
    '<div id="log"></div>',
    `<script src="${script}"></script>`,
  ].join('\n');
}

function workerPage(script, source) {
  return [
    ...pageHead(metaLines(source)),
    '<script src="/resources/testharness.js"></script>',
    '<script src="/resources/testharnessreport.js"></script>',
    '<div id="log"></div>',
    `<script>fetch_tests_from_worker(new Worker("${script.replace(/\.any\.js$/, '.any.worker.js')}" + location.search));</script>`,
  ].join('\n');
}

function anyWorkerScript(script, source) {
  return [
    'self.GLOBAL = { isWindow() { return false; }, isWorker() { return true; }, isShadowRealm() { return false; } };',
    'importScripts("/resources/testharness.js");',
    ...metaLines(source)
      .filter(([key]) => key === 'script')
      .map(([, value]) => `importScripts("${value}");`),
    `importScripts("${script}");`,
    'done();',
  ].join('\n');
}

function substitute(text, url) {
  const subdomain = (name, base) => (name ? `${name}.${base}` : base);
  return text.replace(/\{\{([\w]+)((?:\[[^\]]*\])*)\}\}/g, (whole, name, indices) => {
    const keys = [...indices.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]);
    switch (name) {
      case 'host':
        return host;
      case 'domains':
        return subdomain(keys[0], host);
      case 'hosts':
        return subdomain(keys[1], keys[0] === 'alt' ? otherHost : host);
      case 'ports':
        return ports[keys[0]]?.[Number(keys[1])] ?? whole;
      case 'location':
        return (
          {
            server: url.origin,
            host: url.host,
            hostname: url.hostname,
            port: url.port,
            path: url.pathname,
            query: url.search,
            scheme: url.protocol.slice(0, -1),
          }[keys[0]] ?? whole
        );
      case 'GET':
        return url.searchParams.get(keys[0]) ?? '';
      default:
        return whole;
    }
  });
}
