/**
 * The checked-in list of what does not pass, one file for each top-level directory of web-platform-tests:
 *
 *   {
 *     "reasons": { "media": "needs media, which …" },
 *     "tests": {
 *       "/webrtc/a-test.html": {
 *         "subtests": 12,
 *         "harness": ["TIMEOUT", "media"],
 *         "failing": { "name of a subtest": ["FAIL", "media"] }
 *       }
 *     }
 *   }
 *
 * `subtests` is how many the test has. A status stands with its reason: a key of `reasons`, or the reason itself, which
 * begins with one of three kinds. Where timing decides, and nothing but that, the status is a choice, `PASS|FAIL`, and the
 * reason may be of a fourth kind, which tells the race.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {[status: string, reason: string]} Listed
 * @typedef {{ subtests: number, harness?: Listed, failing?: Record<string, Listed> }} Expectation
 * @typedef {import('./discovery.mjs').Test} Test
 * @typedef {import('./execution.mjs').Outcome} Outcome
 */

/** What a reason begins with. */
const kinds = ['needs a page', 'libwebrtc M150 behaves so', 'specification changed since'];
const kindOfRaces = 'timing: ';

export class Expectations {
  #directory;
  #files = new Map();

  /** @param {string} directory Where the files are. */
  constructor(directory) {
    this.#directory = directory;
  }

  /**
   * Compares an outcome with what is listed.
   * @param {Test} test
   * @param {Outcome} outcome
   * @returns {string[]} What is not as listed, a line each; nothing if all is.
   */
  compare(test, outcome) {
    const file = this.#file(test.id);
    const listed = file.tests[test.id];
    const problems = [];
    const without = (entry) => !this.#reason(file, entry);
    if (!listed) problems.push(`the test is not listed: ${outcome.subtests.length} subtests`);

    const harness = listed?.harness?.[0] ?? 'OK';
    if (!allows(harness, outcome.status)) {
      problems.push(
        `the page: ${outcome.status}, listed as ${harness}${outcome.message ? `: ${outcome.message}` : ''}`,
      );
    } else if (listed?.harness && without(listed.harness)) {
      problems.push(`the page: ${harness} is listed without a reason`);
    }

    const failing = new Map(Object.entries(listed?.failing ?? {}));
    for (const { name, status, message } of outcome.subtests) {
      const entry = failing.get(name);
      failing.delete(name);
      if (!allows(entry?.[0] ?? 'PASS', status)) {
        if (entry)
          problems.push(
            `«${name}»: ${status}, listed as ${entry[0]}${status === 'PASS' ? ': take it off the list' : `: ${message}`}`,
          );
        else problems.push(`«${name}»: ${status}: ${message}`);
      } else if (entry && without(entry)) {
        problems.push(`«${name}»: ${status} is listed without a reason`);
      }
    }
    for (const [name, [status]] of failing)
      problems.push(`«${name}»: listed as ${status}, but there is no such subtest`);
    if (listed && listed.subtests !== outcome.subtests.length) {
      problems.push(`${outcome.subtests.length} subtests, listed are ${listed.subtests}`);
    }
    return problems;
  }

  /**
   * Names the listed tests that are not there any more.
   * @param {string[]} directories Top-level directories that have been looked through as a whole.
   * @param {Set<string>} ids Tests that are there.
   */
  missing(directories, ids) {
    return directories.flatMap((directory) =>
      Object.keys(this.#file(`/${directory}/`).tests).filter((id) => !ids.has(id)),
    );
  }

  /**
   * Lists what does not pass in an outcome, and nothing else of its test. Reasons of entries that stay are kept.
   * @param {Test} test
   * @param {Outcome} outcome
   * @param {string} [reason] For new entries; without it they have none, and make runs fail until a person gives one.
   */
  update(test, outcome, reason = '') {
    const file = this.#file(test.id);
    const before = file.tests[test.id];
    const harness = renew(before?.harness, outcome.status, 'OK', reason);
    const failing = outcome.subtests
      .map(({ name, status }) => [name, renew(before?.failing?.[name], status, 'PASS', reason)])
      .filter(([, entry]) => entry !== null);
    file.tests[test.id] = {
      subtests: outcome.subtests.length,
      ...(harness && { harness }),
      ...(failing.length > 0 && { failing: Object.fromEntries(failing) }),
    };
  }

  /** Takes a test off the list. */
  remove(id) {
    delete this.#file(id).tests[id];
  }

  /** Writes the files back, tests in the order of their names, an entry a line. */
  save() {
    mkdirSync(this.#directory, { recursive: true });
    for (const [name, { reasons, tests }] of this.#files) {
      const lines = ['{', '  "reasons": {', ...members(reasons, '    '), '  },', '  "tests": {'];
      const ids = Object.keys(tests).sort();
      ids.forEach((id, at) => {
        const { subtests, harness, failing } = tests[id];
        const end = at < ids.length - 1 ? ',' : '';
        if (!harness && !failing) {
          lines.push(`    ${JSON.stringify(id)}: { "subtests": ${subtests} }${end}`);
          return;
        }
        lines.push(`    ${JSON.stringify(id)}: {`);
        lines.push(`      "subtests": ${subtests},`);
        if (harness) lines.push(`      "harness": ${inline(harness)}${failing ? ',' : ''}`);
        if (failing) lines.push('      "failing": {', ...members(failing, '        '), '      }');
        lines.push(`    }${end}`);
      });
      writeFileSync(join(this.#directory, name), `${[...lines, '  }', '}'].join('\n')}\n`);
    }
  }

  /** The reason of an entry, if it is one. */
  #reason(file, [status, reason]) {
    const text = Object.hasOwn(file.reasons, reason) ? file.reasons[reason] : String(reason);
    const allowed = status.includes('|') ? [...kinds, kindOfRaces] : kinds;
    return allowed.some((kind) => text.startsWith(kind)) ? text : '';
  }

  #file(id) {
    const name = `${id.split('/')[1]}.json`;
    let file = this.#files.get(name);
    if (!file) {
      const path = join(this.#directory, name);
      file = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { reasons: {}, tests: {} };
      this.#files.set(name, file);
    }
    return file;
  }
}

/** Whether a listed status covers what has come. */
function allows(listed, status) {
  return listed.split('|').includes(status);
}

/** The entry for what has come: the old one where it covers that, none for what is `good`. */
function renew(entry, status, good, reason) {
  if (entry && allows(entry[0], status)) return [entry[0], entry[1] || reason];
  return status === good ? null : [status, entry?.[1] || reason];
}

function inline(value) {
  return Array.isArray(value) ? `[${value.map((part) => JSON.stringify(part)).join(', ')}]` : JSON.stringify(value);
}

function members(object, indent) {
  const entries = Object.entries(object);
  return entries.map(
    ([key, value], at) => `${indent}${JSON.stringify(key)}: ${inline(value)}${at < entries.length - 1 ? ',' : ''}`,
  );
}
