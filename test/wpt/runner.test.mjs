/** The runner's own tests: every way a page can go gives the right verdict. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { request } from 'node:http';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findTests } from './runner/discovery.mjs';
import { runTest } from './runner/execution.mjs';
import { Expectations } from './runner/expectations.mjs';
import { startServer } from './runner/server.mjs';
import { formatComparison, formatSummary, summarize, varying } from './runner/report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const checkout = resolve(process.env.WPT_DIR ?? here('../../../shared/wpt'));
const skip = existsSync(join(checkout, 'resources/testharness.js'))
  ? false
  : 'there is no checkout of web-platform-tests (WPT_DIR)';

const root = mkdtempSync(join(tmpdir(), 'wpt-runner-'));
after(() => rmSync(root, { recursive: true }));
if (!skip) symlinkSync(join(checkout, 'resources'), join(root, 'resources'));
mkdirSync(join(root, 'sample'));
// The pages of these tests need no package.
const packageName = join(root, 'none.cjs');
writeFileSync(packageName, '');

const head = `<!doctype html><meta charset=utf-8><title>Sample</title>
<script src="/resources/testharness.js"></script>
<script src="/resources/testharnessreport.js"></script>`;
const script = (source) => `${head}<script>${source}</script>`;
const write = (name, text) => writeFileSync(join(root, 'sample', name), text);

async function run(name, text, limits) {
  write(name, text);
  const [found] = findTests(root, 'sample').filter(({ id }) => id.startsWith(`/sample/${name.replace(/\.js$/, '.')}`));
  return { found, outcome: await runTest(found, { root, packageName, ...(limits && { limits }) }) };
}
const short = { normal: 6000, long: 6000, slack: 2000 };

test('subtests that pass and fail', { skip }, async () => {
  const { outcome } = await run(
    'mixed.html',
    script(`test(() => assert_true(true), 'passes');
      test(() => assert_true(false), 'fails');
      promise_test(async () => { await 1; }, 'passes later');
      test(() => assert_implements_optional(false, 'no'), 'optional');
      async_test((t) => { t.step_timeout(() => t.done(), 1); }, 'a timer');
      test(() => { throw new Error('thrown'); }, 'throws');`),
  );
  assert.equal(outcome.status, 'OK', outcome.message);
  assert.deepEqual(Object.fromEntries(outcome.subtests.map(({ name, status }) => [name, status])), {
    passes: 'PASS',
    fails: 'FAIL',
    'passes later': 'PASS',
    optional: 'PRECONDITION_FAILED',
    'a timer': 'PASS',
    throws: 'FAIL',
  });
  assert.equal(outcome.stderr, '');
});

test('a page is what a test expects of one', { skip }, async () => {
  write('helper.js', 'const fromHelper = 1;');
  const { outcome } = await run(
    'page.https.html',
    `${head}<body onload=""><video id=v class="a b"></video><div><p name=x>text</p></div>
    <script src="helper.js"></script><script src="/sample/helper-that-is-missing.js"></script>
    <script>
    test(() => assert_equals(fromHelper, 1), 'scripts share one scope');
    test(() => assert_equals(v, document.getElementById("v")), "named elements");
    test(() => {
      assert_equals(self, window); assert_equals(window.parent, window); assert_true(window instanceof Window);
      assert_equals(location.pathname, '/sample/page.https.html'); assert_true(isSecureContext);
      assert_equals(document.location, location);
    }, 'window');
    test(() => {
      const v = document.getElementById('v');
      assert_true(v instanceof HTMLVideoElement); assert_true(v instanceof EventTarget);
      assert_equals(document.querySelector('video.a.b'), v); assert_equals(document.querySelector('div > p[name=x]').textContent, 'text');
      document.body.appendChild(v); assert_equals(document.body.lastChild, v); assert_equals(document.title, 'Sample');
      const made = document.createElement('div'); made.innerHTML = '<b>1</b>2'; assert_equals(made.innerHTML, '<b>1</b>2');
      assert_equals(made.textContent, '12');
    }, 'document');
    test(() => {
      assert_throws_dom('NotFoundError', () => document.body.removeChild(document.head));
      assert_throws_js(TypeError, () => { null.x; });
    }, 'exceptions are of this realm');
    promise_test(async () => {
      assert_equals(await (await fetch('helper.js')).text(), 'const fromHelper = 1;');
      assert_equals((await fetch('/nothing')).status, 404);
    }, 'fetch');
    promise_test((t) => promise_rejects_dom(t, 'InvalidStateError', Promise.reject(new DOMException('', 'InvalidStateError'))), 'rejects');
    promise_test(async () => {
      const { port1, port2 } = new MessageChannel();
      const received = new Promise((resolve) => { port2.onmessage = resolve; });
      port1.postMessage([1]);
      const event = await received;
      assert_true(event instanceof MessageEvent); assert_array_equals(event.data, [1]);
      port1.close();
    }, 'message ports');
    promise_test(async () => {
      const reader = new FileReader();
      reader.readAsArrayBuffer(new Blob(['abc']));
      await new Promise((resolve) => reader.onload = resolve);
      assert_equals(reader.result.byteLength, 3);
    }, 'FileReader');
    promise_test(async () => {
      const received = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      postMessage('hello', '*');
      assert_equals((await received).data, 'hello');
    }, 'a message to itself');
    promise_test(async () => {
      const worker = new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data }) => postMessage([data, self instanceof DedicatedWorkerGlobalScope])'])));
      const answer = new Promise((resolve) => { worker.onmessage = resolve; });
      worker.postMessage('x');
      assert_array_equals((await answer).data, ['x', true]);
      const failing = new Worker('data:text/javascript,throw new Error("in a worker")');
      const error = await new Promise((resolve) => failing.onerror = (event) => { event.preventDefault(); resolve(event); });
      assert_true(error.message.includes('in a worker'));
      worker.terminate();
    }, 'workers');
    </script>`,
  );
  assert.deepEqual(
    outcome.subtests.filter(({ status }) => status !== 'PASS'),
    [],
  );
  assert.equal(outcome.subtests.length, 11);
  assert.equal(outcome.status, 'OK');
  assert.deepEqual(outcome.missing, ['/sample/helper-that-is-missing.js']);
});

test('a script that throws is an error of the page', { skip }, async () => {
  const { outcome } = await run('throws.html', script(`test(() => {}, 'first'); nothing.at.all;`));
  assert.equal(outcome.status, 'ERROR');
  assert.match(outcome.message, /nothing is not defined/);
  assert.deepEqual(
    outcome.subtests.map(({ status }) => status),
    ['PASS'],
  );
});

test('so is one that cannot be parsed', { skip }, async () => {
  const { outcome } = await run('syntax.html', script(`const = 1;`));
  assert.equal(outcome.status, 'ERROR');
});

test('an exception in a listener and an unhandled rejection are errors of the page', { skip }, async () => {
  const listener = await run(
    'listener.html',
    script(`async_test((t) => {
      const target = new EventTarget();
      target.addEventListener('x', () => { throw new Error('in a listener'); });
      target.dispatchEvent(new Event('x'));
      t.step_timeout(() => t.done(), 20);
    }, 'goes on');`),
  );
  assert.equal(listener.outcome.status, 'ERROR');
  assert.match(listener.outcome.message, /in a listener/);
  const rejection = await run(
    'rejection.html',
    script(
      `async_test((t) => { Promise.reject(new Error('rejected')); t.step_timeout(() => t.done(), 20); }, 'goes on');`,
    ),
  );
  assert.equal(rejection.outcome.status, 'ERROR');
  assert.match(rejection.outcome.message, /Unhandled rejection: rejected/);
});

test('a page without testharness.js is an error', { skip }, async () => {
  const { outcome } = await run(
    'bare.html',
    '<script src="/resources/testharness.js.missing"></script><!-- src="/resources/testharness.js" -->',
  );
  assert.equal(outcome.status, 'ERROR');
});

test('the harness times out', { skip }, async () => {
  const { outcome } = await run(
    'timeout.html',
    script(
      `setup({ explicit_timeout: true }); test(() => {}, 'first'); async_test(() => {}, 'waits'); setTimeout(timeout, 50);`,
    ),
  );
  assert.equal(outcome.status, 'TIMEOUT');
  assert.deepEqual(
    outcome.subtests.map(({ status }) => status),
    ['PASS', 'TIMEOUT'],
  );
});

test('a page that hangs is killed, and what it reported is kept', { skip }, async () => {
  const { outcome } = await run(
    'hang.html',
    script(`test(() => {}, 'first'); setTimeout(() => { for (;;); }, 50); async_test(() => {}, 'waits');`),
    short,
  );
  assert.equal(outcome.status, 'TIMEOUT');
  assert.deepEqual(
    outcome.subtests.map(({ name }) => name),
    ['first'],
  );
});

test('a process that does not end is a hang', { skip }, async () => {
  const { outcome } = await run(
    'lingers.html',
    script(`process.on('exit', () => { for (;;); }); test(() => {}, 'first');`),
    short,
  );
  assert.equal(outcome.status, 'HANG');
  assert.equal(outcome.subtests.length, 1);
});

test('a process that dies is a crash', { skip }, async () => {
  const { outcome } = await run(
    'crash.html',
    script(`test(() => {}, 'first'); setTimeout(() => process.abort(), 50); async_test(() => {}, 'waits');`),
  );
  assert.equal(outcome.status, 'CRASH');
  assert.match(outcome.message, /SIGABRT/);
  assert.deepEqual(
    outcome.subtests.map(({ name }) => name),
    ['first'],
  );
});

test('so is one that dies after its test was complete, or ends before it', { skip }, async () => {
  const late = await run('late.html', script(`process.on('exit', () => process.abort()); test(() => {}, 'first');`));
  assert.equal(late.outcome.status, 'CRASH');
  assert.match(late.outcome.message, /after its test was complete/);
  const early = await run(
    'early.html',
    script(`async_test(() => { setTimeout(() => process.exit(3), 10); }, 'waits');`),
  );
  assert.equal(early.outcome.status, 'CRASH');
  assert.match(early.outcome.message, /code 3/);
});

test('scripts of windows and workers', { skip }, async () => {
  const source = `// META: title=Made up
// META: timeout=long
// META: script=helper.js
// META: variant=?a
// META: variant=?b
test(() => assert_equals(fromHelper, 1), 'helper');
test(() => assert_equals(GLOBAL.isWorker(), typeof document === 'undefined'), 'scope');`;
  write('helper.js', 'const fromHelper = 1;');
  write('scripts.any.js', source);
  write('scripts.window.js', source);
  const found = findTests(root, 'sample').filter(({ id }) => id.includes('scripts.'));
  assert.deepEqual(
    found.map(({ id, long }) => [id, long]),
    ['any.html', 'any.worker.html', 'window.html'].flatMap((kind) =>
      ['?a', '?b'].map((variant) => [`/sample/scripts.${kind}${variant}`, true]),
    ),
  );
  for (const sample of found.filter(({ id }) => id.endsWith('?a'))) {
    const outcome = await runTest(sample, { root, packageName });
    assert.deepEqual(
      [outcome.status, ...outcome.subtests.map(({ status }) => status)],
      ['OK', 'PASS', 'PASS'],
      sample.id + outcome.message,
    );
  }
});

const sampleTest = { id: '/sample/a.html', directory: '/sample', url: '', long: false };
const sampleOutcome = (status, subtests) => ({
  status,
  message: '',
  subtests: Object.entries(subtests).map(([name, result]) => ({ name, status: result, message: 'a message' })),
});
function listed(file) {
  const directory = mkdtempSync(join(root, 'expectations-'));
  writeFileSync(
    join(directory, 'sample.json'),
    JSON.stringify({ reasons: { known: 'needs a page: a known reason' }, tests: file }),
  );
  return { directory, expectations: new Expectations(directory) };
}

test('everything as listed', () => {
  const { expectations } = listed({
    '/sample/a.html': { subtests: 2, harness: ['TIMEOUT', 'known'], failing: { b: ['FAIL', 'known'] } },
  });
  assert.deepEqual(expectations.compare(sampleTest, sampleOutcome('TIMEOUT', { a: 'PASS', b: 'FAIL' })), []);
});

test('a choice that timing makes', () => {
  const { expectations } = listed({
    '/sample/a.html': { subtests: 1, harness: ['OK|ERROR', 'known'], failing: { a: ['PASS|FAIL', 'known'] } },
  });
  for (const page of ['OK', 'ERROR']) {
    for (const status of ['PASS', 'FAIL']) {
      const outcome = sampleOutcome(page, { a: status });
      assert.deepEqual(expectations.compare(sampleTest, outcome), []);
      expectations.update(sampleTest, outcome);
      assert.deepEqual(expectations.compare(sampleTest, sampleOutcome('ERROR', { a: 'FAIL' })), []);
    }
  }
  assert.equal(expectations.compare(sampleTest, sampleOutcome('TIMEOUT', { a: 'NOTRUN' })).length, 2);
});

test('a race is a reason only for a choice', () => {
  const races = (status) => ({ '/sample/a.html': { subtests: 1, failing: { a: [status, 'timing: a race'] } } });
  const outcome = sampleOutcome('OK', { a: 'FAIL' });
  assert.deepEqual(listed(races('PASS|FAIL')).expectations.compare(sampleTest, outcome), []);
  assert.match(listed(races('FAIL')).expectations.compare(sampleTest, outcome)[0], /without a reason/);
});

test('what is not as listed', () => {
  const entry = { subtests: 2, failing: { b: ['FAIL', 'known'] } };
  const problems = (file, status, subtests) =>
    listed(file).expectations.compare(sampleTest, sampleOutcome(status, subtests));
  const cases = [
    ['an unexpected failure', entry, 'OK', { a: 'FAIL', b: 'FAIL' }, [/«a»: FAIL: a message/]],
    ['another failure', entry, 'OK', { a: 'PASS', b: 'TIMEOUT' }, [/«b»: TIMEOUT, listed as FAIL/]],
    ['an unexpected pass', entry, 'OK', { a: 'PASS', b: 'PASS' }, [/«b»: PASS, listed as FAIL: take it off/]],
    [
      'a missing failing subtest',
      entry,
      'OK',
      { a: 'PASS' },
      [/«b»: listed as FAIL, but there is no such subtest/, /1 subtests, listed are 2/],
    ],
    ['a missing passing subtest', entry, 'OK', { b: 'FAIL' }, [/1 subtests, listed are 2/]],
    ['one more passing subtest', entry, 'OK', { a: 'PASS', b: 'FAIL', c: 'PASS' }, [/3 subtests, listed are 2/]],
    ['an error of the page', entry, 'ERROR', { a: 'PASS', b: 'FAIL' }, [/the page: ERROR, listed as OK/]],
    ['a crash', entry, 'CRASH', { a: 'PASS', b: 'FAIL' }, [/the page: CRASH, listed as OK/]],
    [
      'a page that is better',
      { ...entry, harness: ['ERROR', 'known'] },
      'OK',
      { a: 'PASS', b: 'FAIL' },
      [/the page: OK, listed as ERROR/],
    ],
    [
      'no reason',
      { subtests: 2, failing: { b: ['FAIL', ''] } },
      'OK',
      { a: 'PASS', b: 'FAIL' },
      [/«b»: FAIL is listed without a reason/],
    ],
    [
      'an unknown reason',
      { subtests: 2, failing: { b: ['FAIL', 'unknown'] } },
      'OK',
      { a: 'PASS', b: 'FAIL' },
      [/without a reason/],
    ],
    [
      'no reason for the page',
      { ...entry, harness: ['ERROR', ''] },
      'ERROR',
      { a: 'PASS', b: 'FAIL' },
      [/the page: ERROR is listed without a reason/],
    ],
  ];
  for (const [name, file, status, subtests, expected] of cases) {
    const found = problems({ '/sample/a.html': file }, status, subtests);
    assert.equal(found.length, expected.length, `${name}: ${found}`);
    expected.forEach((pattern, at) => assert.match(found[at], pattern, name));
  }
  assert.match(problems({}, 'OK', { a: 'PASS' })[0], /not listed/);
  const { expectations } = listed({ '/sample/a.html': entry, '/sample/gone.html': entry });
  assert.deepEqual(expectations.missing(['sample'], new Set(['/sample/a.html'])), ['/sample/gone.html']);
});

test('an update keeps reasons, drops what passes, and leaves new entries without a reason', () => {
  const { directory, expectations } = listed({
    '/sample/a.html': {
      subtests: 3,
      harness: ['ERROR', 'known'],
      failing: { b: ['FAIL', 'known'], c: ['FAIL', 'Some words.'] },
    },
  });
  const outcome = sampleOutcome('OK', { a: 'FAIL', b: 'TIMEOUT', c: 'PASS' });
  expectations.update(sampleTest, outcome);
  expectations.save();
  assert.deepEqual(JSON.parse(readFileSync(join(directory, 'sample.json'), 'utf8')), {
    reasons: { known: 'needs a page: a known reason' },
    tests: { '/sample/a.html': { subtests: 3, failing: { a: ['FAIL', ''], b: ['TIMEOUT', 'known'] } } },
  });
  assert.equal(new Expectations(directory).compare(sampleTest, outcome).length, 1);
});

test('the summary', () => {
  const table = formatSummary(
    summarize([
      [sampleTest, sampleOutcome('OK', { a: 'PASS', b: 'FAIL' })],
      [{ ...sampleTest, directory: '/other' }, sampleOutcome('CRASH', { a: 'PASS' })],
    ]),
  );
  assert.deepEqual(
    table.split('\n').map((line) => line.trim().split(/\s+/)),
    [
      ['directory', 'files', 'passed', 'subtests', 'errors', 'timeouts', 'crashes'],
      ['/other', '1', '1', '1', '0', '0', '1'],
      ['/sample', '1', '1', '2', '0', '0', '0'],
      ['all', '2', '2', '3', '0', '0', '1'],
    ],
  );
});

test('the command', { skip }, () => {
  write('command.html', script(`test(() => {}, 'passes'); test(() => assert_true(false), 'fails');`));
  const expectations = join(root, 'command-expectations');
  const command = (...options) =>
    spawnSync(
      process.execPath,
      [here('./run.mjs'), '--package', packageName, '--expectations', expectations, ...options, '/sample/command.html'],
      {
        env: { ...process.env, WPT_DIR: root },
        encoding: 'utf8',
      },
    );
  assert.equal(command().status, 1);
  assert.equal(command('--update').status, 1, 'an entry without a reason fails the run');
  assert.equal(command('--update', '--reason', 'needs a page: it fails by intention').status, 0);
  const json = join(root, 'out.json');
  const last = command('--json', json);
  assert.equal(last.status, 0, last.stdout);
  assert.match(last.stdout, /\/sample +1 +1 +2/);
  assert.equal(JSON.parse(readFileSync(json, 'utf8')).results[0].subtests.length, 2);
});

test('without a checkout the run says so', () => {
  const { status, stdout } = spawnSync(process.execPath, [here('./run.mjs')], {
    env: { ...process.env, WPT_DIR: root + '/none' },
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.match(stdout, /left out/);
});

test('what differs between runs and between programs is told', () => {
  const page = { id: '/a/one.html', directory: '/a' };
  const run = (status, ...statuses) =>
    new Map([[page, { status, subtests: statuses.map((status, at) => ({ name: `n${at}`, status, message: '' })) }]]);
  const runs = [run('OK', 'PASS', 'PASS'), run('OK', 'PASS', 'FAIL'), run('TIMEOUT', 'PASS')];
  assert.deepEqual(varying(runs), ['/a/one.html the page: OK OK TIMEOUT', '/a/one.html «n1»: PASS FAIL -']);
  assert.deepEqual(varying([runs[0], runs[0]]), []);
  assert.deepEqual(
    formatComparison(runs[0], runs[1], 'other')
      .split('\n')
      .map((line) => line.trim().split(/ +/)),
    [
      ['directory', 'passed', 'of', 'other', 'of'],
      ['/a', '2', '2', '1', '2'],
      ['all', '2', '2', '1', '2'],
    ],
  );
});

test('the server answers what pages ask for', { skip }, async () => {
  write('served.sub.txt', '{{domains[www]}}:{{ports[https][0]}}');
  write('served.sub.txt.headers', 'X-Beside: yes');
  write('served.any.js', 'self.served = true;');
  const server = await startServer(root);
  try {
    const get = (path, port = 8000) =>
      new Promise((resolve, reject) => {
        const headers = { host: `web-platform.test:${port}` };
        request({ host: server.address, port, path, headers }, async (response) => {
          let body = '';
          for await (const chunk of response) body += chunk;
          resolve({ status: response.statusCode, headers: response.headers, body });
        })
          .on('error', reject)
          .end();
      });
    const text = await get('/sample/served.sub.txt?pipe=header(X-Piped,a)|status(201)');
    assert.deepEqual([text.status, text.body], [201, 'www.web-platform.test:8443']);
    assert.deepEqual([text.headers['x-beside'], text.headers['x-piped']], ['yes', 'a']);
    assert.match((await get('/sample/served.any.html', 8001)).body, /served\.any\.js/);
    assert.match((await get('/sample/served.any.worker.js')).body, /importScripts/);
    assert.equal((await get('/sample/nothing.html')).status, 404);
    assert.equal((await get('/../run.mjs')).status, 404);
  } finally {
    server.close();
  }
});
