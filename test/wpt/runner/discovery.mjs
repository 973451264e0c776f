/** Finds the tests below a directory of a checkout of web-platform-tests. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { locate, metaLines, testUrl } from '../page/resources.mjs';

/** Directories that hold what tests use, or tests of another kind than testharness.js's. */
const otherDirectories = new Set(['resources', 'support', 'tools', 'third_party', 'crashtests', 'utils']);

/**
 * @typedef {object} Test
 * @property {string} id Address of the test below the server's root, with its variant: what expectations are listed by.
 * @property {string} directory Directory of its file, with a leading slash.
 * @property {string} url Whole address.
 * @property {boolean} long Whether it has testharness.js's long time limit.
 */

/**
 * @param {string} root The checkout.
 * @param {string} path A directory or a file below it.
 * @returns {Test[]} In the order of their names.
 */
export function findTests(root, path) {
  const full = locate(root, path);
  if (statSync(full).isFile()) return testsOfFile(root, join('/', path));
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join('/', path, entry.name);
      if (entry.isDirectory()) return otherDirectories.has(entry.name) ? [] : findTests(root, below);
      return entry.isFile() ? testsOfFile(root, below) : [];
    });
}

function testsOfFile(root, path) {
  const kind = /\.(html|window\.js|any\.js|worker\.js)$/.exec(path)?.[1];
  if (kind === undefined) return [];
  const source = readFileSync(locate(root, path), 'utf8');
  if (kind === 'html') {
    if (!/src=["']?\/resources\/testharness\.js/.test(source)) return [];
    const meta = [...source.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => [
      attribute(tag, 'name'),
      attribute(tag, 'content'),
    ]);
    return makeTests(path, meta);
  }
  const meta = metaLines(source);
  if (kind !== 'any.js') return makeTests(path.replace(/\.js$/, '.html'), meta);
  const scopes = (meta.find(([key]) => key === 'global')?.[1] ?? 'window,dedicatedworker')
    .split(',')
    .map((scope) => scope.trim());
  return [
    ...(scopes.includes('window') ? makeTests(path.replace(/\.js$/, '.html'), meta) : []),
    ...(scopes.some((scope) => scope === 'dedicatedworker' || scope === 'worker')
      ? makeTests(path.replace(/\.js$/, '.worker.html'), meta)
      : []),
  ];
}

function makeTests(path, meta) {
  const variants = meta.filter(([key]) => key === 'variant').map(([, value]) => value);
  const long = meta.some(([key, value]) => key === 'timeout' && value === 'long');
  return (variants.length > 0 ? variants : ['']).map((variant) => ({
    id: path + variant,
    directory: path.slice(0, path.lastIndexOf('/')),
    url: testUrl(path, variant).href,
    long,
  }));
}

function attribute(tag, name) {
  return new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i')
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined);
}
