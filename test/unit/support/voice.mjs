// Sounds that are the same in each run.

/** Numbers that are evenly spread over -1 to 1. */
export function noise(length, seed = 1) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Something like a voice: a hundred and twenty pulses a second through resonances, in syllables with pauses. */
export function voice(seconds, rate = 48_000) {
  const samples = new Float32Array(seconds * rate);
  const breath = noise(samples.length);
  const filters = [700, 1200, 2600].map((frequency) => {
    const radius = Math.exp((-Math.PI * 90) / rate);
    return { a: 2 * radius * Math.cos((2 * Math.PI * frequency) / rate), b: -radius * radius, one: 0, two: 0 };
  });
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const time = i / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3 * time)) * (time % 2 < 1.6 ? 1 : 0);
    phase += (120 + 15 * Math.sin(2 * Math.PI * 0.7 * time)) / rate;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    const excitation = (pulse + 0.01 * breath[i]) * syllable;
    for (const filter of filters) {
      const out = excitation + filter.a * filter.one + filter.b * filter.two;
      filter.two = filter.one;
      filter.one = out;
      samples[i] += out;
    }
  }
  const most = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  return samples.map((sample) => (0.5 * sample) / most);
}
