/**
 * The part of Web Audio that tests of media use: oscillators into a destination that is a track. Real samples, block by
 * block, as the clock goes; nothing is heard.
 */
const RATE = 48_000;
const BLOCK = RATE / 100;

class AudioNode {
  #context;
  inputs = new Set();

  constructor(context) {
    this.#context = context;
  }
  get context() {
    return this.#context;
  }
  connect(destination) {
    destination.inputs.add(this);
    return destination;
  }
  disconnect() {}
  /** Not of the standard: adds what the node gives from frame `from` on. */
  mix(samples, from) {
    for (const input of this.inputs) input.mix(samples, from);
  }
}

class OscillatorNode extends AudioNode {
  frequency = { value: 440 };
  #playing = false;

  start() {
    this.#playing = true;
  }
  stop() {
    this.#playing = false;
  }
  mix(samples, from) {
    if (!this.#playing) return;
    const step = (2 * Math.PI * this.frequency.value) / RATE;
    for (let i = 0; i < samples.length; i++) samples[i] += Math.sin((from + i) * step);
  }
}

class GainNode extends AudioNode {
  gain = { value: 1 };

  mix(samples, from) {
    const own = new Float32Array(samples.length);
    super.mix(own, from);
    for (let i = 0; i < samples.length; i++) samples[i] += own[i] * this.gain.value;
  }
}

class MediaStreamAudioDestinationNode extends AudioNode {
  #track = new globalThis.MediaStreamTrackGenerator({ kind: 'audio' });
  #writer = this.#track.writable.getWriter();
  stream = new globalThis.MediaStream([this.#track]);

  /** Not of the standard: gives the track one block. */
  render(from) {
    if (this.#track.readyState === 'ended') return;
    const data = new Float32Array(BLOCK);
    this.mix(data, from);
    const init = { format: 'f32-planar', sampleRate: RATE, numberOfFrames: BLOCK, numberOfChannels: 1 };
    const timestamp = Math.round((from / RATE) * 1e6);
    this.#writer.write(new globalThis.AudioData({ ...init, timestamp, data })).catch(() => {});
  }
}

export class AudioContext extends EventTarget {
  sampleRate = RATE;
  state = 'running';
  destination = new AudioNode(this);
  #destinations = new Set();
  #rendered = 0;
  #began = performance.now();
  #timer = setInterval(() => this.#render(), 10);

  get currentTime() {
    return this.#rendered / RATE;
  }
  createOscillator() {
    return new OscillatorNode(this);
  }
  createGain() {
    return new GainNode(this);
  }
  createMediaStreamDestination() {
    const node = new MediaStreamAudioDestinationNode(this);
    this.#destinations.add(node);
    return node;
  }
  async resume() {}
  async close() {
    this.state = 'closed';
    clearInterval(this.#timer);
  }
  #render() {
    const due = Math.floor(((performance.now() - this.#began) / 1000) * RATE);
    for (; this.#rendered + BLOCK <= due; this.#rendered += BLOCK) {
      for (const node of this.#destinations) node.render(this.#rendered);
    }
  }
}
