// The Web IDL layer: conversions, dictionaries, interface objects, event-handler attributes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import idl from '../../dist/webidl/index.js';

const context = "Failed to execute 'x' on 'Y': parameter 1";

test('integers wrap, are enforced or clamped', () => {
  assert.equal(idl.unsignedShort(65537, context), 1);
  assert.equal(idl.octet(-1, context), 255);
  assert.equal(idl.long(2 ** 31, context), -(2 ** 31));
  assert.equal(idl.enforceRange.unsignedShort(65535.9, context), 65535);
  for (const value of [65536, -1, NaN, Infinity]) {
    assert.throws(() => idl.enforceRange.unsignedShort(value, context), {
      name: 'TypeError',
      message: /^Failed to execute 'x' on 'Y': parameter 1 is /,
    });
  }
  assert.equal(idl.clamp.octet(300, context), 255);
  assert.throws(() => idl.double(NaN, context), TypeError);
  assert.equal(idl.unrestrictedDouble(Infinity, context), Infinity);
  assert.throws(() => idl.unsignedLong(1n, context), TypeError);
});

test('strings', () => {
  assert.equal(idl.USVString('a\ud800b', context), 'a\ufffdb');
  assert.equal(idl.DOMString('a\ud800b', context), 'a\ud800b');
  assert.equal(idl.DOMString(null, context), 'null');
  assert.throws(() => idl.DOMString(Symbol('s'), context), TypeError);
});

test('enumerations throw on arguments and are asked by setters', () => {
  const colour = idl.enumeration('Colour', ['red', 'green']);
  assert.equal(colour('red', context), 'red');
  assert.throws(() => colour('blue', context), /'blue' is not a valid enum value of type Colour/);
  assert.equal(idl.isValueOf(colour, 'green'), true);
  assert.equal(idl.isValueOf(colour, ''), false);
});

test('sequences take any iterable and nothing else', () => {
  const longs = idl.sequence(idl.long);
  assert.deepEqual(longs(new Set(['1', 2]), context), [1, 2]);
  for (const value of [undefined, null, 1, 'abc', {}, { 0: 1, length: 1 }]) {
    assert.throws(() => longs(value, context), TypeError);
  }
});

test('nullable types', () => {
  const long = idl.nullable(idl.long);
  assert.equal(long(undefined, context), null);
  assert.equal(long(null, context), null);
  assert.equal(long('7', context), 7);
});

test('dictionaries read inherited members first and each list in lexicographical order', () => {
  const base = idl.dictionary('Base', { z: { type: idl.long }, y: { type: idl.long, default: 3 } });
  const derived = idl.dictionary(
    'Derived',
    { b: { type: idl.long, required: true }, a: { type: idl.sequence(idl.long), default: () => [] } },
    base,
  );
  const order = [];
  const source = new Proxy({ b: '5' }, { get: (target, key) => (order.push(key), target[key]) });
  assert.deepEqual(derived(source, context), { y: 3, a: [], b: 5 });
  assert.deepEqual(order, ['y', 'z', 'a', 'b']);
  assert.notEqual(derived({ b: 1 }, context).a, derived({ b: 1 }, context).a);
  assert.throws(() => derived(undefined, context), /required member 'b' of Derived/);
  assert.throws(() => derived(1, context), TypeError);
  assert.deepEqual(base(null, context), { y: 3 });
});

class Thing extends EventTarget {
  #value = 1;
  constructor(key) {
    idl.requireInternal(key);
    super();
  }
  get value() {
    return this.#value;
  }
  act() {
    return this.#value;
  }
  async later() {
    return this.#value;
  }
  static make() {
    return new Thing(idl.internal);
  }
  static {
    idl.defineInterface(this, {
      length: 0,
      constants: { ONE: 1 },
      eventHandlers: ['ping'],
      is: (value) => #value in value,
    });
  }
}

test('interface objects look native', async () => {
  assert.throws(() => new Thing(), { name: 'TypeError', message: 'Illegal constructor' });
  const thing = Thing.make();
  assert.equal(Object.prototype.toString.call(thing), '[object Thing]');
  assert.deepEqual(Object.keys(Thing.prototype), ['value', 'act', 'later', 'onping', 'ONE']);
  assert.deepEqual(Object.keys(Thing), ['make', 'ONE']);
  assert.equal(Thing.length, 0);
  assert.equal(Thing.ONE, 1);
  const other = Object.create(Thing.prototype);
  assert.throws(() => other.value, TypeError);
  assert.throws(() => other.onping, TypeError);
  assert.throws(() => {
    other.onping = null;
  }, TypeError);
  await assert.rejects(Thing.prototype.later.call({}), TypeError);
  const { get, set } = Object.getOwnPropertyDescriptor(Thing.prototype, 'onping');
  assert.equal(get.name, 'get onping');
  assert.equal(set.name, 'set onping');
});

test('event handlers keep their place when replaced and lose it when set to null', () => {
  const thing = Thing.make();
  const calls = [];
  thing.addEventListener('ping', () => calls.push('a'));
  thing.onping = () => calls.push('first');
  thing.addEventListener('ping', () => calls.push('b'));
  const second = () => calls.push('second');
  thing.onping = second;
  assert.equal(thing.onping, second);
  thing.dispatchEvent(new Event('ping'));
  assert.deepEqual(calls.splice(0), ['a', 'second', 'b']);
  thing.onping = null;
  assert.equal(thing.onping, null);
  thing.dispatchEvent(new Event('ping'));
  assert.deepEqual(calls.splice(0), ['a', 'b']);
  thing.onping = second;
  thing.dispatchEvent(new Event('ping'));
  assert.deepEqual(calls.splice(0), ['a', 'b', 'second']);
});

test('event handlers: values, this, return value', () => {
  const thing = Thing.make();
  for (const value of [1, 'f', undefined, Symbol('s')]) {
    thing.onping = value;
    assert.equal(thing.onping, null);
  }
  let handled = 0;
  const object = { handleEvent: () => handled++ };
  thing.onping = object;
  assert.equal(thing.onping, object);
  thing.dispatchEvent(new Event('ping'));
  assert.equal(handled, 0);
  let self;
  thing.onping = function () {
    self = this;
    return false;
  };
  assert.equal(thing.dispatchEvent(new Event('ping', { cancelable: true })), false);
  assert.equal(self, thing);
});

test('operations count their arguments', () => {
  const operation = idl.operation('Y', 'x');
  assert.throws(() => operation.requireArguments(0, 1), {
    message: "Failed to execute 'x' on 'Y': 1 argument required, but only 0 present.",
  });
  operation.requireArguments(2, 1);
  assert.equal(operation.parameter(1), context);
});
