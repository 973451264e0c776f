// What the recording server lets pass: rates, tokens, parts of files; and what it counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Access, bearerToken, tokenCookie } from '../../dist/server/access.js';
import { addressOwner, isLoopback } from '../../dist/server/addresses.js';
import { byteRange, namesTag } from '../../dist/server/byte_range.js';
import { Counter, Gauge, Histogram, MetricsRegistry } from '../../dist/server/metrics.js';
import { RateLimiter } from '../../dist/server/rate_limiter.js';

test('ranges of bytes', () => {
  for (const [header, size, expected] of [
    [undefined, 100, 'whole'],
    ['bytes=0-', 100, { start: 0, end: 99 }],
    ['bytes=0-0', 100, { start: 0, end: 0 }],
    ['bytes=10-19', 100, { start: 10, end: 19 }],
    ['bytes=90-1000', 100, { start: 90, end: 99 }],
    ['bytes=-10', 100, { start: 90, end: 99 }],
    ['bytes=-1000', 100, { start: 0, end: 99 }],
    ['Bytes=5-', 100, { start: 5, end: 99 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=-0', 100, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-5', 0, 'unsatisfiable'],
    ['bytes=20-10', 100, 'whole'],
    ['bytes=-', 100, 'whole'],
    ['bytes=a-b', 100, 'whole'],
    ['bytes=0-1,5-6', 100, 'whole'],
    ['items=0-1', 100, 'whole'],
    ['bytes=99999999999999999999-', 100, 'unsatisfiable'],
  ]) {
    assert.deepEqual(byteRange(header, size), expected, String(header));
  }
});

test('lists of entity tags', () => {
  assert.equal(namesTag(undefined, '"a"'), false);
  assert.equal(namesTag('"b", W/"a"', '"a"'), true);
  assert.equal(namesTag('*', '"a"'), true);
  assert.equal(namesTag('"b"', '"a"'), false);
});

test('a bucket lets a burst pass, then a rate, for each key apart', () => {
  let now = 0;
  const limiter = new RateLimiter(2, 3, () => now);
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.take('a')),
    [0, 0, 0],
  );
  assert.equal(limiter.take('a'), 0.5);
  assert.equal(limiter.take('b'), 0);
  now += 500;
  assert.equal(limiter.take('a'), 0);
  assert.ok(limiter.take('a') > 0);
  now += 60_000;
  assert.equal(limiter.take('a', 3), 0);
  assert.equal(limiter.take('a', 3), 1.5);
});

test('a bucket of many keys forgets those that say nothing', () => {
  let now = 0;
  const limiter = new RateLimiter(1, 1, () => now);
  for (let key = 0; key < 50_000; key++) {
    now += 1;
    limiter.take(`client ${key}`);
  }
  assert.ok(limiter.size <= 10_001);
  assert.ok(limiter.take('client 49999') > 0);
});

const fails = (status, challenge) => (error) => {
  assert.equal(error.status, status);
  if (challenge) assert.match(error.headers['www-authenticate'], challenge);
  return true;
};

test('tokens open what they are for', () => {
  const access = new Access({ publish: ['p1', 'p2'], view: [], metrics: ['m'], admin: ['root'] });
  access.require('view', undefined);
  access.require('publish', 'Bearer p1');
  access.require('publish', 'bearer  p2');
  access.require('publish', 'Bearer root');
  access.require('admin', 'Bearer root');
  assert.throws(() => access.require('publish', undefined), fails(401, /^Bearer realm="recording-server"$/));
  assert.throws(() => access.require('publish', 'Basic cDE6'), fails(401));
  assert.throws(() => access.require('publish', 'Bearer p3'), fails(401, /invalid_token/));
  assert.throws(() => access.require('publish', 'Bearer '), fails(400, /invalid_request/));
  assert.throws(() => access.require('publish', 'Bearer a b'), fails(400));
  assert.throws(() => access.require('admin', 'Bearer p1'), fails(403, /insufficient_scope/));
  access.require('metrics', 'Bearer m');
  assert.throws(() => access.require('metrics', undefined), fails(401));
  assert.throws(() => access.require('publish', 'Bearer m'), fails(403));
  assert.deepEqual(access.roles('m'), ['metrics']);
  assert.equal(bearerToken('Bearer abc=='), 'abc==');

  const closed = new Access({ publish: [], view: [], metrics: [], admin: [] });
  assert.equal(closed.isPossible('admin'), false);
  assert.throws(() => closed.require('admin', 'Bearer anything'), fails(401));
  closed.require('metrics', undefined);
});

test('a cookie stands for a token', () => {
  const access = new Access({ publish: [], view: ['a+b/c=='], metrics: [], admin: [] });
  const [cookie, ...attributes] = tokenCookie('a+b/c==', true).split('; ');
  assert.ok(attributes.includes('HttpOnly') && attributes.includes('SameSite=Strict') && attributes.includes('Secure'));
  access.require('view', undefined, `other=1; ${cookie}`);
  assert.throws(() => access.require('view', undefined, 'recording_server_token=%E0%A4%A'), fails(401));
  assert.match(tokenCookie(null, false), /Max-Age=0/);
});

test('whom an address belongs to', () => {
  assert.equal(addressOwner('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(addressOwner('2001:db8:0:1::5'), addressOwner('2001:0db8:0:1:ffff:1:2:3'));
  assert.notEqual(addressOwner('2001:db8:0:1::5'), addressOwner('2001:db8:0:2::5'));
  assert.equal(addressOwner('::1'), '0:0:0:0');
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', 'LOCALHOST'])
    assert.ok(isLoopback(host), host);
  for (const host of ['127.0.0.1.example.org', '0.0.0.0', 'example.org', '::']) assert.ok(!isLoopback(host), host);
});

test('metrics in the format of Prometheus', () => {
  const registry = new MetricsRegistry();
  const counter = registry.add(new Counter('things_total', 'Things\nof \\ all kinds.', { labelless: false }));
  registry.add(new Counter('nothing_total', 'None.'));
  registry.add(new Gauge('level', 'A level.', () => [[{ side: 'left' }, 1.5]]));
  const histogram = registry.add(new Histogram('seconds', 'Time.', [0.1, 1]));
  counter.add(2, { kind: 'a "quoted"\nline' });
  counter.add(1, { kind: 'a "quoted"\nline' });
  for (const value of [0.05, 0.5, 5]) histogram.observe(value);
  assert.equal(
    registry.render(),
    [
      ...['# HELP things_total Things\\nof \\\\ all kinds.', '# TYPE things_total counter'],
      'things_total{kind="a \\"quoted\\"\\nline"} 3',
      ...['# HELP nothing_total None.', '# TYPE nothing_total counter', 'nothing_total 0'],
      ...['# HELP level A level.', '# TYPE level gauge', 'level{side="left"} 1.5'],
      ...['# HELP seconds Time.', '# TYPE seconds histogram'],
      ...['seconds_bucket{le="0.1"} 1', 'seconds_bucket{le="1"} 2', 'seconds_bucket{le="+Inf"} 3'],
      ...['seconds_sum 5.55', 'seconds_count 3', ''],
    ].join('\n'),
  );
});
