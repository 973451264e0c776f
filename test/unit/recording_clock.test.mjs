// The clock of recordings, in simulated time: hours of packets of two tracks through networks and clocks of every kind.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { TrackClock } = require('../../dist/recording/clock.js');
const { ClockGroup } = require('../../dist/recording/clock_group.js');
const { Timeline } = require('../../dist/recording/timeline.js');

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** What sound and picture may be apart, in microseconds. */
const STEP = 40_000;

/** Numbers that look random and are the same each time. */
function randomizer(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A sender of one track. Everything happens at a true time, which is that of the receiver; the sender's clocks run
 * faster or slower.
 */
function packets({
  seconds,
  clockRate,
  interval,
  /** Parts in a million by which the track's ticks, and the sender's wall clock, are too fast. */
  skew = 0,
  wallSkew = skew,
  firstTicks = 0,
  start = 0,
  /** Microseconds from the moment that is recorded to its arrival: always, and at most on top. */
  delay = 20_000,
  jitter = 0,
  loss = 0,
  reportEvery = 5 * SECOND,
  noReports = false,
  wallStep = () => 0,
  silent = () => false,
  ticksStandStill = false,
  random = randomizer(7),
}) {
  const events = [];
  let stoodStill = 0;
  let nextReport = start + 0.7 * SECOND;
  const ticksAt = (time) =>
    (firstTicks + Math.round(((time - start - stoodStill) * (1 + skew / 1e6) * clockRate) / SECOND)) % 2 ** 32;
  for (let time = start; time < start + seconds * SECOND; time += interval) {
    if (silent(time)) {
      if (ticksStandStill) stoodStill += interval;
      continue;
    }
    if (random() >= loss) {
      const late = delay + jitter * random() ** 3;
      events.push({ at: time + late, time, ticks: ticksAt(time) });
    }
    if (!noReports && time >= nextReport) {
      nextReport = time + reportEvery;
      const ntp = 3.9e15 + time * (1 + wallSkew / 1e6) + wallStep(time);
      events.push({ at: time + delay, ntp, ticks: ticksAt(time) });
    }
  }
  return events.sort((a, b) => a.at - b.at);
}

/** Plays tracks to their clocks, and gives for each packet the true time and the one that the recording gives it. */
function simulate(tracks, group = new ClockGroup()) {
  const results = tracks.map(() => []);
  const clocks = tracks.map(
    ({ clockRate }, index) =>
      new TrackClock(clockRate, (time, event) => results[index].push({ time, truth: event.time, at: event.at }), group),
  );
  const all = tracks.flatMap(({ events }, index) => events.map((event) => ({ ...event, index })));
  all.sort((a, b) => a.at - b.at);
  for (const event of all) {
    const clock = clocks[event.index];
    if (event.ntp !== undefined) clock.report(event.ntp, event.ticks);
    else clock.add(event.ticks, event.at, event);
  }
  for (const clock of clocks) clock.settle();
  return results;
}

const audio = (options) => ({
  clockRate: 48_000,
  events: packets({ clockRate: 48_000, interval: 20_000, random: randomizer(3), ...options }),
});
const video = (options) => ({
  clockRate: 90_000,
  events: packets({ clockRate: 90_000, interval: 33_333, reportEvery: SECOND, random: randomizer(5), ...options }),
});

/** How far what is heard and what is seen at one time are apart, at most, from `from` on. */
function apart([sound, picture], from = 0) {
  const shift = (entries) => entries.map(({ time, truth }) => ({ truth, shift: time - truth }));
  const seen = shift(picture);
  let worst = 0;
  let index = 0;
  for (const heard of shift(sound)) {
    while (index + 1 < seen.length && seen[index + 1].truth <= heard.truth) index++;
    // Where no picture is near, there is nothing to compare.
    if (heard.truth < from || Math.abs(seen[index].truth - heard.truth) > 100_000) continue;
    worst = Math.max(worst, Math.abs(heard.shift - seen[index].shift));
  }
  return worst;
}

/** No packet may come before the one that was sent before it. */
function assertOrdered(entries) {
  let last = -Infinity;
  for (const { time, truth } of [...entries].sort((a, b) => a.truth - b.truth)) {
    assert.ok(time > last, `${time} after ${last}, of ${truth}`);
    last = time;
  }
}

const HARD = { jitter: 80_000, loss: 0.03 };

test('an hour of two clocks that drift stays in step', () => {
  for (const skew of [-200, 200]) {
    const results = simulate([
      audio({ seconds: 3600, skew, wallSkew: skew, ...HARD }),
      video({ seconds: 3600, skew, wallSkew: skew, delay: 70_000, ...HARD }),
    ]);
    assert.ok(apart(results, 10 * SECOND) < STEP, `${apart(results, 10 * SECOND)} µs apart at ${skew} ppm`);
    for (const entries of results) assertOrdered(entries);
  }
});

test('a sound card whose clock is not that of the sender stays in step with the picture', () => {
  const results = simulate([
    audio({ seconds: 3600, skew: 120, wallSkew: 15, ...HARD }),
    video({ seconds: 3600, skew: 15, wallSkew: 15, delay: 60_000, ...HARD }),
  ]);
  assert.ok(apart(results, 10 * SECOND) < STEP, `${apart(results, 10 * SECOND)} µs apart`);
});

test('the recording keeps to our clock for an hour', () => {
  for (const skew of [-100, 100]) {
    const [sound] = simulate([audio({ seconds: 3600, skew, wallSkew: skew, ...HARD })]);
    const shifts = sound.filter(({ truth }) => truth > 10 * SECOND).map(({ time, truth }) => time - truth);
    shifts.sort((a, b) => a - b);
    const drift = shifts.at(-1) - shifts[0];
    assert.ok(drift < STEP, `${drift} µs of drift at ${skew} ppm`);
  }
});

test('sender reports put right what delays hide', () => {
  // Pictures that take 180 ms longer to arrive than sound does.
  const tracks = (options) => [
    audio({ seconds: 60, ...options }),
    video({ seconds: 60, delay: 200_000, jitter: 20_000, ...options }),
  ];
  assert.ok(apart(simulate(tracks({ noReports: true })), 30 * SECOND) > 100_000);
  assert.ok(apart(simulate(tracks({})), 30 * SECOND) < 10_000);
  // It moves there without a jump, neither forwards nor backwards.
  for (const entries of simulate(tracks({}))) {
    assertOrdered(entries);
    for (let i = 1; i < entries.length; i++) {
      const [passed, shown] = [entries[i].truth - entries[i - 1].truth, entries[i].time - entries[i - 1].time];
      assert.ok(Math.abs(shown - passed) < 0.02 * passed + 1000, `${shown} µs instead of ${passed}`);
    }
  }
});

test('jitter does not show in the times of sound', () => {
  const [sound] = simulate([audio({ seconds: 600, jitter: 100_000, skew: 50, wallSkew: 50 })]);
  const ordered = sound.sort((a, b) => a.truth - b.truth).filter(({ truth }) => truth > 30 * SECOND);
  for (let i = 1; i < ordered.length; i++) {
    const step = ordered[i].time - ordered[i - 1].time;
    // A tick of 48 kHz lasts 20.8 µs, and both ends are rounded to one.
    assert.ok(Math.abs(step - 20_000) < 42, `${step} µs`);
  }
});

test('time stamps wrap around', () => {
  const results = simulate([
    audio({ seconds: 300, firstTicks: 2 ** 32 - 48_000 * 100 }),
    video({ seconds: 300, firstTicks: 2 ** 32 - 90_000 * 50, delay: 40_000 }),
  ]);
  assert.ok(apart(results, 10 * SECOND) < 10_000);
  for (const entries of results) assertOrdered(entries);
});

test('a track that starts late is in step', () => {
  const results = simulate([
    audio({ seconds: 120, jitter: 30_000 }),
    video({ seconds: 60, start: 55 * SECOND, delay: 60_000, jitter: 30_000 }),
  ]);
  assert.ok(apart(results, 60 * SECOND) < STEP, `${apart(results)}`);
});

test('what a sender sends late, as fast as it can, tells nothing of its delay', () => {
  // It waits for the connection for 1.5 s. Then sound takes 0.2 s until there is no more that is late, pictures a second.
  const backlog = (events, wait, speed) =>
    events.map((event) => ({ ...event, at: Math.max(event.at, wait + (event.at + 20_000) / speed) }));
  // And once each picture is hardly sooner than the one before it: it waits for 0.3 s only.
  for (const [wait, speed] of [
    [1.5 * SECOND, 2.5],
    [0.3 * SECOND, 1.3],
  ]) {
    for (const noReports of [false, true]) {
      const [sound, picture] = [audio({ seconds: 20, noReports }), video({ seconds: 20, delay: 40_000, noReports })];
      const results = simulate([
        { ...sound, events: backlog(sound.events, wait, 8.5) },
        { ...picture, events: backlog(picture.events, wait, speed) },
      ]);
      assert.ok(apart(results) < STEP, `${apart(results)} µs apart at ${speed}, ${noReports}`);
      for (const entries of results) assertOrdered(entries);
    }
  }
});

test('silence is a gap of its length, whether or not the time stamps go on meanwhile', () => {
  const silent = (time) => time > 20 * SECOND && time < 50 * SECOND;
  for (const ticksStandStill of [false, true]) {
    const results = simulate([
      audio({ seconds: 120, silent, ticksStandStill, jitter: 20_000 }),
      video({ seconds: 120, delay: 40_000, jitter: 20_000 }),
    ]);
    // The reports of before contradict those after it.
    assert.ok(apart(results, 10 * SECOND) < STEP, `${apart(results, 10 * SECOND)} µs apart, ${ticksStandStill}`);
    const [sound] = results;
    assertOrdered(sound);
    const gap = Math.max(...sound.slice(1).map(({ time }, index) => time - sound[index].time));
    assert.ok(Math.abs(gap - 30 * SECOND) < STEP, `a gap of ${gap} µs`);
  }
});

test('a network that holds everything back for seconds moves nothing', () => {
  const held = (events) =>
    events.map((event) => (event.at > 20 * SECOND && event.at < 23 * SECOND ? { ...event, at: 23 * SECOND } : event));
  const [sound, picture] = [audio({ seconds: 60 }), video({ seconds: 60, delay: 40_000 })];
  const results = simulate([
    { ...sound, events: held(sound.events) },
    { ...picture, events: held(picture.events) },
  ]);
  assert.ok(apart(results, 5 * SECOND) < STEP, `${apart(results, 5 * SECOND)} µs apart`);
  for (const entries of results) assertOrdered(entries);
});

test('a sender that sets its clock moves nothing', () => {
  for (const step of [-3600 * SECOND, -SECOND, -0.3 * SECOND, 0.1 * SECOND, 2 * SECOND]) {
    const wallStep = (time) => (time > 60 * SECOND ? step : 0);
    const results = simulate([
      audio({ seconds: 180, wallStep }),
      video({ seconds: 180, wallStep, delay: 60_000, jitter: 20_000 }),
    ]);
    assert.ok(apart(results, 20 * SECOND) < STEP, `${apart(results, 20 * SECOND)} µs apart after ${step}`);
  }
});

test('reports of two peers with clocks of their own are not mixed up', () => {
  const results = simulate([
    audio({ seconds: 120, wallStep: () => 0 }),
    video({ seconds: 120, wallStep: () => 90 * SECOND, delay: 40_000 }),
  ]);
  assert.ok(apart(results, 10 * SECOND) < STEP);
});

test('a sender that begins its time stamps anew goes on where it is', () => {
  const before = audio({ seconds: 30 });
  const after = audio({ seconds: 30, start: 30 * SECOND, firstTicks: 3_000_000_000 });
  const results = simulate([
    { clockRate: 48_000, events: [...before.events, ...after.events] },
    video({ seconds: 60, delay: 40_000 }),
  ]);
  assert.ok(apart(results, 5 * SECOND) < STEP, `${apart(results, 5 * SECOND)} µs apart`);
  assertOrdered(results[0]);
});

test('pauses take no time, and both tracks leave out the same', () => {
  const timeline = new Timeline();
  timeline.pause(10 * SECOND);
  assert.equal(timeline.at(9 * SECOND), 9 * SECOND);
  assert.equal(timeline.at(10 * SECOND), undefined);
  assert.equal(timeline.now(12 * SECOND), 10 * SECOND);
  timeline.resume(15 * SECOND);
  timeline.pause(20 * SECOND);
  timeline.resume(21 * SECOND);
  assert.equal(timeline.at(12 * SECOND), undefined);
  assert.equal(timeline.at(9 * SECOND), 9 * SECOND);
  assert.equal(timeline.at(15 * SECOND), 10 * SECOND);
  assert.equal(timeline.at(20.5 * SECOND), undefined);
  assert.equal(timeline.at(22 * SECOND), 16 * SECOND);
  assert.equal(timeline.now(22 * SECOND), 16 * SECOND);

  const results = simulate([
    audio({ seconds: 3600, skew: 150, wallSkew: 150, ...HARD }),
    video({ seconds: 3600, skew: 150, wallSkew: 150, delay: 60_000, ...HARD }),
  ]);
  const paused = new Timeline();
  for (let at = 5 * MINUTE; at < HOUR; at += 5 * MINUTE) {
    paused.pause(at);
    paused.resume(at + 20 * SECOND);
  }
  const recorded = results.map((entries) =>
    entries.map((entry) => ({ ...entry, time: paused.at(entry.time) })).filter(({ time }) => time !== undefined),
  );
  assert.ok(apart(recorded, 10 * SECOND) < STEP);
});
