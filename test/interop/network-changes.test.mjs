/**
 * Networks that go and come, between two machines that the test makes: each is a process in a network namespace of its
 * own. They have the default settings, so that loopback is out of play.
 */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Machines } from './support/namespaces.mjs';
import { connect, negotiate } from './support/sides.mjs';
import { within } from './support/wait.mjs';

/** The peer connection on another machine: a side as in sides.mjs. */
class RemoteSide extends EventEmitter {
  candidates = [];
  /** Every state that the connection has gone through. */
  states = [];
  received = 0;
  closed = false;
  pair = null;
  #child;
  #forward = () => {};
  #calls = new Map();
  #nextId = 1;

  constructor(machines, name) {
    super();
    this.setMaxListeners(0);
    this.name = name;
    this.#child = machines.fork(name, new URL('support/remote-child.mjs', import.meta.url));
    this.#child.on('message', (message) => this.#on(message));
    this.#child.on('exit', () => {
      for (const { reject } of this.#calls.values()) reject(new Error(`the process on ${name} has ended`));
    });
  }

  #on({ id, value, error, ...news }) {
    if (id !== undefined) {
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      if (error === undefined) call.resolve(value);
      else call.reject(new Error(`on ${this.name}: ${error}`));
    }
    if ('candidate' in news) {
      this.candidates.push(news.candidate);
      this.#forward(news.candidate);
    }
    if ('connectionState' in news) this.states.push(news.connectionState);
    if ('received' in news) this.received = news.received;
    if ('closed' in news) this.closed = true;
    if ('pair' in news) this.pair = news.pair;
    this.emit('news');
  }

  #call(command, argument) {
    const id = this.#nextId++;
    const answer = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    this.#child.send({ id, command, argument });
    return within(answer, `${this.name} to run "${command}"`, 90);
  }

  /** Resolves as soon as the condition holds. */
  async until(condition, what) {
    let look;
    const reached = new Promise((resolve) => {
      look = () => condition() && resolve();
      this.on('news', look);
      look();
    });
    await within(reached, `${this.name} ${what}`, 90)
      .catch((error) => {
        throw new Error(`${error.message}; states ${this.states}; pair ${JSON.stringify(this.pair)}`);
      })
      .finally(() => this.off('news', look));
  }

  state(state) {
    return this.until(() => this.states.at(-1) === state, `to be ${state}`);
  }

  /** The addresses of the candidates since the one of that index. */
  addresses(start = 0) {
    return this.candidates
      .slice(start)
      .filter((entry) => entry?.candidate)
      .map((entry) => entry.candidate.split(' ')[4]);
  }

  onCandidate(forward) {
    this.#forward = forward;
    for (const candidate of this.candidates) forward(candidate);
  }

  offer = (options) => this.#call('offer', options);
  answer = (offer) => this.#call('answer', offer);
  accept = (answer) => this.#call('accept', answer);
  add = (candidate) => this.#call('add', candidate);
  connected = () => this.state('connected');
  opened = () => this.#call('opened');
  selectedPair = () => this.#call('pair');
  restart = () => this.#call('restart');
  talk = () => this.#call('talk');
  hush = () => this.#call('hush');
  numbers = () => this.#call('received');
}

const subnets = {
  first: { ann: '10.101.0.1/24', bob: '10.101.0.2/24' },
  second: { ann: '10.102.0.1/24', bob: '10.102.0.2/24' },
  six: { ann: 'fd00:101::1/64', bob: 'fd00:101::2/64' },
};
const isOn = (cable, address) => address?.startsWith(subnets[cable].ann.replace(/1\/.*/, ''));

/** Two machines with these cables between them, and a side on either. */
async function lab(t, ...cables) {
  const machines = await Machines.start('ann', 'bob');
  t.after(() => machines.end());
  for (const cable of cables) await machines.plug(cable, subnets[cable]);
  return { machines, ann: new RemoteSide(machines, 'ann'), bob: new RemoteSide(machines, 'bob') };
}

/** Both talk from now on; the function that comes back stops them, and sees that each got all there was, in order. */
async function keepTalking(...sides) {
  await Promise.all(sides.map((side) => side.opened()));
  await Promise.all(sides.map((side) => side.talk()));
  await Promise.all(sides.map((side) => side.until(() => side.received > 0, 'to get data')));
  return async () => {
    const sent = await Promise.all(sides.map((side) => side.hush()));
    for (const [index, side] of sides.entries()) {
      const count = sent[1 - index];
      await side.until(() => side.received >= count, `to get ${count} messages`);
      assert.deepEqual(
        await side.numbers(),
        Array.from({ length: count }, (_, number) => number),
      );
      assert.ok(!side.closed);
    }
  };
}

/** Sees that new data comes in at both ends. */
function dataFlows(...sides) {
  return Promise.all(
    sides.map((side) => {
      const before = side.received;
      return side.until(() => side.received > before, 'to get new data');
    }),
  );
}

const onCable = (cable, ...sides) =>
  Promise.all(sides.map((side) => side.until(() => isOn(cable, side.pair?.local), `to use the ${cable} cable`)));

test('the connection moves to the other network when the one in use goes down', async (t) => {
  const { machines, ann, bob } = await lab(t, 'first', 'second');
  await connect(ann, bob);
  const stopTalking = await keepTalking(ann, bob);
  for (const cable of ['first', 'second']) {
    for (const side of [ann, bob]) assert.ok(side.addresses().some((address) => isOn(cable, address)));
  }
  // Which of them is in use may change while the better pair is still being looked for.
  const { local } = await ann.selectedPair();
  const [used, other] = isOn('first', local) ? ['first', 'second'] : ['second', 'first'];
  await machines.down('ann', used);
  await onCable(other, ann, bob);
  await Promise.all([ann.connected(), bob.connected()]);
  await dataFlows(ann, bob);
  await stopTalking();
});

test('a break that is over soon needs no restart', async (t) => {
  const { machines, ann, bob } = await lab(t, 'first');
  await connect(ann, bob);
  const stopTalking = await keepTalking(ann, bob);
  await machines.down('bob', 'first');
  await Promise.all([ann.state('disconnected'), bob.state('disconnected')]);
  await machines.up('bob', 'first');
  await Promise.all([ann.connected(), bob.connected()]);
  await dataFlows(ann, bob);
  await stopTalking();
});

for (const restarts of ['ann', 'bob']) {
  test(`a restart by ${restarts === 'ann' ? 'the offerer' : 'the answerer'} brings a network that came later`, async (t) => {
    const { machines, ann, bob } = await lab(t, 'first');
    await connect(ann, bob);
    const stopTalking = await keepTalking(ann, bob);
    await machines.down('ann', 'first');
    await Promise.all([ann.state('disconnected'), bob.state('disconnected')]);
    await machines.plug('second', subnets.second);
    const [one, other] = restarts === 'ann' ? [ann, bob] : [bob, ann];
    await one.restart();
    await negotiate(one, other);
    await onCable('second', ann, bob);
    await Promise.all([ann.connected(), bob.connected()]);
    await dataFlows(ann, bob);
    await stopTalking();
  });
}

test('a restart gathers on a network that came a moment ago, while the other one works', async (t) => {
  const { machines, ann, bob } = await lab(t, 'first');
  await connect(ann, bob);
  const stopTalking = await keepTalking(ann, bob);
  assert.ok(!ann.addresses().some((address) => isOn('second', address)));
  const starts = new Map([ann, bob].map((side) => [side, side.candidates.length]));
  await machines.plug('second', subnets.second);
  await ann.restart();
  await negotiate(ann, bob);
  await Promise.all(
    [ann, bob].map((side) =>
      side.until(
        () => side.addresses(starts.get(side)).some((address) => isOn('second', address)),
        'to gather on the new network',
      ),
    ),
  );
  // It is there to be used: the connection lives on without the other one.
  await machines.down('ann', 'first');
  await onCable('second', ann, bob);
  await dataFlows(ann, bob);
  await stopTalking();
});

test('a network without IPv4', async (t) => {
  const { ann, bob } = await lab(t, 'six');
  await connect(ann, bob);
  const stopTalking = await keepTalking(ann, bob);
  for (const [side, own, peer] of [
    [ann, 'fd00:101::1', 'fd00:101::2'],
    [bob, 'fd00:101::2', 'fd00:101::1'],
  ]) {
    assert.deepEqual([...new Set(side.addresses())], [own]);
    assert.deepEqual(await side.selectedPair(), { local: own, remote: peer });
  }
  await stopTalking();
});
