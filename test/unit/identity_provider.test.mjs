// Scripts of identity providers are anybody's: what they can do, and what they cannot reach.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { runProvider } from '../../dist/identity/idp_proxy.js';

const url = new URL('https://idp.example:8443/.well-known/idp-proxy/script.js?query=1');
const question = { name: 'generateAssertion', args: ['contents', 'https://app.example', { protocol: 'script.js' }] };

/** Runs a script, by a question. */
const run = (source, asked = question, signal = AbortSignal.timeout(10_000)) =>
  runProvider({ source, url }, asked, signal);

/** Runs an expression in the realm of a provider; gives its value by way of JSON. */
async function evaluate(expression, prelude = '') {
  const { assertion } = await run(`${prelude}
    rtcIdentityProvider.register({
      generateAssertion: async (contents, origin, options) => ({
        idp: { domain: location.host },
        assertion: JSON.stringify({ value: await (${expression}) }),
      }),
      validateAssertion: async () => {},
    });`);
  return JSON.parse(assertion).value;
}

test('a script finds the global scope of a provider', async () => {
  const found = await evaluate(`(() => ({
    scope: globalThis instanceof RTCIdentityProviderGlobalScope && self === globalThis,
    href: location.href,
    origin: self.origin,
    asked: [contents, origin, options],
    registrar: String(rtcIdentityProvider),
  }))()`);
  assert.deepEqual(found, {
    scope: true,
    href: url.href,
    origin: url.origin,
    asked: ['contents', 'https://app.example', { protocol: 'script.js' }],
    registrar: '[object RTCIdentityProviderRegistrar]',
  });
});

test('addresses, base64, UTF-8, random numbers and timers are those of the web', async () => {
  assert.deepEqual(
    await evaluate(`(async () => {
      const address = new URL('../b?x=1#y', 'https://a.example:443/c/d/e');
      address.searchParams.append('ü', 'a b&c');
      address.hash = '';
      const params = new URLSearchParams('a=1&b=%F0%9F%98%80&a=2+3');
      const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
      let repeats = 0;
      await new Promise((resolve) => {
        const timer = setInterval(() => ++repeats === 3 && resolve(clearInterval(timer)), 1);
      });
      return {
        href: address.href,
        params: [params.getAll('a'), params.get('b'), params.toString()],
        invalid: URL.canParse('https://a b'),
        base64: [btoa('\\xff\\x00a'), atob(' /w Bh ').length],
        utf8: [...new TextEncoder().encode('é漢😀\\ud800')],
        text: new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xf0, 0x9f, 0x98, 0xe2, 0x82, 0xac])),
        random: first !== second && /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(first),
        repeats,
      };
    })()`),
    {
      href: 'https://a.example/c/b?x=1&%C3%BC=a+b%26c',
      params: [['1', '2 3'], '😀', 'a=1&b=%F0%9F%98%80&a=2+3'],
      invalid: false,
      base64: ['/wBh', 3],
      utf8: [0xc3, 0xa9, 0xe6, 0xbc, 0xa2, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbf, 0xbd],
      text: 'a\ufffd€',
      random: true,
      repeats: 3,
    },
  );
});

test('nothing of Node is in the scope', async () => {
  const names = [
    ...['process', 'require', 'module', 'exports', '__dirname', '__filename', 'Buffer', 'global', 'setImmediate'],
    ...['clearImmediate', 'Atomics', 'SharedArrayBuffer', 'WebAssembly', 'WeakRef', 'FinalizationRegistry'],
    ...['MessagePort', 'MessageChannel', 'BroadcastChannel', 'Worker', 'postMessage', 'performance', 'navigator'],
  ];
  const found = await evaluate(`${JSON.stringify(names)}.filter((name) => name in globalThis)`);
  assert.deepEqual(found, []);
});

// Each is a body that returns a value by which another realm can be reached: whatever has another `Function` in its
// chain of constructors.
const escapes = {
  'constructors of the global object': `return [this, globalThis.constructor, globalThis.__proto__.__proto__]`,
  'constructors of what is called with': `return [...arguments, arguments, arguments.callee?.caller]`,
  'code from text': `return [(0, eval)('this'), Function('return this')()]`,
  'code from the text of asynchronous functions': `return (async () => {}).constructor('return this')()`,
  'code from the text of generators': `return (function* () {}).constructor('yield this')().next()`,
  'timers with text': `return setTimeout('globalThis.escaped = this', 0)`,
  'the object that the global one is made of': `
    Object.defineProperty(globalThis, 'trap', { get() { return [this]; }, configurable: true });
    return globalThis.trap`,
  'the descriptors of the global object': `
    return Object.values(Object.getOwnPropertyDescriptors(globalThis)).flatMap(({ get, set, value }) => [get, set, value])`,
  prepareStackTrace: `
    let sites;
    try { Error.prepareStackTrace = (error, trace) => (sites = trace); } catch {}
    try { Object.defineProperty(Error, 'prepareStackTrace', { value: (error, trace) => (sites = trace) }); } catch {}
    try { Error.stackTraceLimit = 100; } catch {}
    const target = {};
    Error.captureStackTrace(target);
    return [new Error().stack, target.stack, sites, ...(sites ?? []).flatMap((site) => [site.getThis(), site.getFunction()])]`,
  'the stack of a deep error': `
    const seen = [];
    (function deeper() { try { deeper(); } catch (error) { seen.push(error); try { error.stack; } catch (second) { seen.push(second); } } })();
    return seen`,
  'errors of functions of the scope when the stack is full': `
    const seen = [];
    const calls = [() => fetch('/'), () => setTimeout(() => {}, 0),
      () => atob('!'), () => new TextDecoder('x'), () => rtcIdentityProvider.register(), () => importScripts('https://elsewhere.example/x'),
      () => new RTCError({}), () => new Uint8Array(10).slice(), () => Reflect.ownKeys(globalThis), () => globalThis.nothing,
      () => { globalThis.something = {}; }, () => Promise.reject(new Error())];
    for (const call of calls) {
      try { call(); } catch (error) { seen.push(error); }
      let tries = 0;
      (function deeper() {
        try { deeper(); } catch (error) { seen.push(error); }
        if (tries++ < 30) try { call(); } catch (error) { seen.push(error); }
      })();
    }
    return seen`,
  'errors of V8 at the limits': `
    const seen = [];
    for (const call of [() => 'x'.repeat(2 ** 30), () => new Array(-1), () => null.x, () => BigInt(1.5), () => new Uint8Array(2 ** 33),
      () => Symbol() + '', () => Object.defineProperty(Object.freeze({}), 'a', {}), () => decodeURIComponent('%')]) {
      try { call(); } catch (error) { seen.push(error); }
    }
    return seen`,
  rejections: `
    const promise = Promise.reject({});
    const seen = [promise];
    promise.catch(() => {});
    const { then } = Promise.prototype;
    Promise.prototype.then = function (...args) { seen.push(this, ...args); return Reflect_apply(then, this, args); };
    await Promise.all([null, new Promise((resolve) => setTimeout(resolve, 1))]);
    Promise.prototype.then = then;
    return seen`,
  'what promises are made of': `
    const seen = [];
    class Watched extends Promise { constructor(executor) { super((...args) => { seen.push(executor, ...args); executor(...args); }); } }
    await Watched.resolve().then(() => {}).finally(() => {});
    return seen`,
  'how errors are shown': `
    const seen = [];
    const shown = { get stack() { seen.push(this); return ''; },
      [Symbol.for('nodejs.util.inspect.custom')](...args) { seen.push(this, ...args); return ''; },
      toString(...args) { seen.push(this, ...args); return ''; } };
    Promise.reject(shown);
    setTimeout(() => { throw shown; }, 0);
    reportError(shown);
    console.log(shown);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return seen`,
  'how values are converted': `
    const seen = [];
    const greedy = new Proxy(function () {}, { get(target, name, receiver) { seen.push(receiver); return name === Symbol.toPrimitive ? () => 'x' : greedy; },
      apply(target, self, args) { seen.push(self, ...args); return greedy; }, construct(target, args) { seen.push(...args); return greedy; } });
    for (const call of [() => new URL(greedy), () => fetch(greedy, greedy), () => atob(greedy), () => setTimeout(greedy, greedy),
      () => new RTCError(greedy), () => new Headers(greedy), () => addEventListener(greedy, greedy)]) {
      try { call(); } catch {}
    }
    return seen`,
  'polluted prototypes': `
    const seen = [];
    for (const prototype of [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]) {
      for (const name of ['then', 'toJSON', 'get', 'set', 'value', 'type', 'shared', 'turn', '0', 'constructorOf']) {
        Object.defineProperty(prototype, name, { configurable: true,
          get() { seen.push(this); return undefined; }, set(value) { seen.push(this, value); } });
      }
    }
    new URL('https://a/');
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const prototype of [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]) {
      for (const name of ['then', 'toJSON', 'get', 'set', 'value', 'type', 'shared', 'turn', '0', 'constructorOf']) delete prototype[name];
    }
    return seen`,
  'patched intrinsic functions': `
    const seen = [];
    const originals = [];
    for (const [object, names] of [[JSON, ['parse', 'stringify']], [Reflect, ['apply', 'construct']], [Object, ['entries', 'defineProperty']],
      [Array.prototype, ['push', 'map', 'filter', 'slice']], [Map.prototype, ['get', 'set', 'delete']], [Function.prototype, ['call', 'apply', 'bind']]]) {
      for (const name of names) {
        const original = object[name];
        originals.push([object, name, original]);
        object[name] = function (...args) { seen[seen.length] = this; for (const arg of args) seen[seen.length] = arg; return Reflect_apply(original, this, args); };
      }
    }
    try { new URL('https://a/').searchParams.set('a', 'b'); fetch('/'); setTimeout(() => {}, 0); } catch {}
    for (const [object, name, original] of originals) object[name] = original;
    return seen.slice(0, 5000)`,
};

// Walks everything that can be reached from a value, and says whether some constructor is not of this realm.
const walker = `
  const Reflect_apply = Reflect.apply;
  const own = new Set([Function, (async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor]);
  function foreign(roots) {
    const seen = new Set();
    const queue = [...roots];
    const found = [];
    for (let i = 0; i < queue.length && i < 20000; i++) {
      const value = queue[i];
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
      seen.add(value);
      try { if (typeof value === 'function' && /^(Async|Generator|AsyncGenerator)?Function$/.test(value.name) && !own.has(value)) found.push('a Function constructor'); } catch {}
      try { if (typeof value.constructor?.constructor === 'function' && /Function$/.test(value.constructor.constructor.name) && !own.has(value.constructor.constructor)) found.push(String(value.constructor.name)); } catch {}
      try { if (value.constructor?.constructor?.('return typeof process')() === 'object') found.push('process'); } catch {}
      try { queue.push(Object.getPrototypeOf(value)); } catch {}
      let keys = [];
      try { keys = Reflect.ownKeys(value); } catch {}
      for (const key of keys) {
        try {
          const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
          queue.push(descriptor?.value, descriptor?.get, descriptor?.set);
        } catch {}
      }
    }
    return found;
  }`;

test('what the escapes are judged by sees another realm', () => {
  const seen = vm.runInNewContext(`${walker}; [foreign([outside]), foreign([{}, [], () => {}])]`, { outside: {} });
  assert.notEqual(seen[0].length, 0);
  assert.equal(seen[1].length, 0);
});

for (const [name, body] of Object.entries(escapes)) {
  test(`no way out: ${name}`, async () => {
    const outcome = await evaluate(
      `(async () => {
      let given;
      try { given = await (async function () { ${body} }).call(globalThis, 1, {}); } catch (error) { given = error; }
      return [typeof escaped, foreign([given].flat(Infinity))];
    })()`,
      walker,
    ).catch((error) => {
      // A realm that breaks at the end of its stack takes its process with it, and has reached nothing.
      if (!name.includes('stack is full') || error.errorDetail !== 'idp-execution-failure') throw error;
      return ['undefined', []];
    });
    assert.deepEqual(outcome, ['undefined', []]);
  });
}

test('import is a syntax error wherever it is written as the keyword, and only there', async () => {
  for (const statement of [
    `import('node:fs').then((fs) => globalThis.fs = fs);`,
    `import/**/('node:fs');`,
    `import
      ('node:fs');`,
    `import fs from 'node:fs';`,
    `\${import('node:fs')}`.replace(/^/, '`') + '`;',
    `const a = /import/; import.meta;`,
    `<!-- import\nimport('node:fs')`,
  ]) {
    await assert.rejects(
      run(`${statement} rtcIdentityProvider.register({ generateAssertion() {}, validateAssertion() {} })`),
      {
        errorDetail: 'idp-bad-script-failure',
      },
    );
  }
  const kept =
    await evaluate(`['import', \`import\`, /^import$/.test('import'), { import: 1 }.import, typeof importScripts] // import
`);
  assert.deepEqual(kept, ['import', 'import', true, 1, 'function']);
});

const attacks = {
  'a loop without end': `for (;;);`,
  'promises without end': `(function again() { Promise.resolve().then(again); })()`,
  'questions without end': `for (;;) new URL('https://a/')`,
  'a pattern that backtracks without end': `/^(a+)+$/.test('a'.repeat(60) + 'b')`,
  'a deep recursion': `(function deeper() { deeper(); })()`,
  'an array that V8 ends the process for': `'x'.repeat(2 ** 27).split('')`,
  'a string larger than the heap': `globalThis.kept = ['x'.repeat(2 ** 29 - 24)].map((text) => text.replace(/x/g, 'yy'))`,
  'objects without end': `for (globalThis.kept = []; ; ) kept.push(new Array(1e6).fill({}))`,
  'buffers without end': `for (globalThis.kept = []; ; ) kept.push(new Uint8Array(2 ** 20).fill(1))`,
  'buffers by way of slice': `for (globalThis.kept = []; ; ) { const bytes = new Uint8Array(2 ** 20); bytes.constructor = undefined; kept.push(bytes.slice()); }`,
  'memory outside of the heap': `for (globalThis.kept = []; ; ) kept.push(new Intl.DateTimeFormat('de', {}))`,
  'a result larger than any': `return { idp: { domain: 'a' }, assertion: 'x'.repeat(2 ** 28) }`,
  'requests and timers without end': `for (;;) { fetch('/'); setTimeout(() => {}, 0); }`,
  'errors that throw when looked at': `throw new Proxy({}, { get() { throw this; }, getPrototypeOf() { throw this; } })`,
};

for (const [name, body] of Object.entries(attacks)) {
  test(`a script fails and nothing else does: ${name}`, async () => {
    const memory = process.memoryUsage.rss();
    const source = `rtcIdentityProvider.register({ generateAssertion() { ${body} }, validateAssertion() {} })`;
    await assert.rejects(run(source, question, AbortSignal.timeout(1500)));
    assert.ok(process.memoryUsage.rss() - memory < 100 * 1024 * 1024, 'this process has not grown');
  });
}

test('a script that breaks its realm while it is loaded fails alone', async () => {
  for (const source of ['syntax error', 'throw 1', 'for (;;) {}', `'x'.repeat(2 ** 27).split('')`, '']) {
    await assert.rejects(run(source, question, AbortSignal.timeout(1500)));
  }
});

test('results of another shape are none', async () => {
  const results = [`'text'`, '1', 'null', 'undefined', '{}', `{ idp: {}, assertion: 'a' }`, `{ idp: { domain: 'a' } }`];
  for (const result of [...results, `{ get idp() { throw 1; } }`]) {
    const source = `rtcIdentityProvider.register({ generateAssertion: () => (${result}), validateAssertion() {} })`;
    await assert.rejects(run(source), (error) => error.name === 'OperationError' && error.errorDetail === undefined);
  }
});

test('a provider says why it fails', async () => {
  const failing = (thrown) =>
    run(`rtcIdentityProvider.register({ async generateAssertion() { throw ${thrown}; }, validateAssertion() {} })`);
  await assert.rejects(failing('new Error("why")'), { errorDetail: 'idp-execution-failure', message: /why/ });
  for (const detail of ['idp-need-login', 'idp-token-expired', 'idp-token-invalid']) {
    await assert.rejects(failing(`new RTCError({ errorDetail: '${detail}' })`), { errorDetail: detail });
  }
  await assert.rejects(failing(`new RTCError({ errorDetail: 'idp-timeout' })`), {
    errorDetail: 'idp-execution-failure',
  });
  await assert.rejects(
    failing(`Object.assign(new RTCError({ errorDetail: 'idp-need-login' }), { idpLoginUrl: 'https://a/login' })`),
    { errorDetail: 'idp-need-login', idpLoginUrl: 'https://a/login' },
  );
});

test('only a provider that has registered while its script ran is asked', async () => {
  const bad = { errorDetail: 'idp-bad-script-failure' };
  await assert.rejects(run('1'), bad);
  await assert.rejects(
    run(`setTimeout(() => rtcIdentityProvider.register({ generateAssertion() {}, validateAssertion() {} }), 0)`),
    bad,
  );
  await assert.rejects(run(`rtcIdentityProvider.register({ generateAssertion() {} })`), bad);
});
