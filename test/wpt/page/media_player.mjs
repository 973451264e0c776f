/**
 * What a media element does with a `MediaStream`: it takes the real frames and samples of the stream's tracks, and its
 * state follows them. Nothing is shown or heard. Implements HTML, section 4.8.11 (media elements), as far as Media
 * Capture and Streams, section 6 (MediaStreams in Media Elements), leaves anything of it.
 */
const [NOTHING, METADATA, ENOUGH] = [0, 1, 4];

/** Takes everything that a track gives, and shows each piece to `onmedia`. */
function drain(track, onmedia) {
  const reader = new globalThis.MediaStreamTrackProcessor({ track }).readable.getReader();
  (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      onmedia(value);
    }
  })().catch(() => {});
  return () => void reader.cancel();
}

/** Calls `after` in a task of its own whenever the method has been called: a page's own calls fire no events. */
function observe(object, method, after) {
  const original = object[method];
  object[method] = function (...values) {
    const result = original.apply(this, values);
    setImmediate(after);
    return result;
  };
  return () => {
    if (Object.hasOwn(object, method)) delete object[method];
  };
}

/** Plays a stream on behalf of an element, from the assignment of `srcObject` to the next. */
export class Player {
  readyState = NOTHING;
  duration = Number.NaN;
  ended = false;
  currentTime = 0;
  videoWidth = 0;
  videoHeight = 0;
  /** The last frame. */
  frame = null;
  started = false;
  #element;
  #stream;
  #showsVideo;
  #taken = new Map();
  #clock = null;
  #timer;
  #queue = Promise.resolve();
  #closed = false;
  #waiting = [];
  #callbacks = [];
  #shown = 0;
  #lastUpdate = 0;
  #observed = [];

  constructor(element, stream, showsVideo) {
    this.#element = element;
    this.#stream = stream;
    this.#showsVideo = showsVideo;
    this.#fire('loadstart', () => (this.started = true));
    this.#timer = setInterval(() => this.#tick(), 10);
    for (const method of ['addTrack', 'removeTrack']) this.#observed.push(observe(stream, method, () => this.#tick()));
    this.#tick();
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const stop of [...this.#taken.values(), ...this.#observed]) stop();
    this.frame?.close();
    this.frame = null;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new DOMException('The source has changed', 'AbortError'));
    }
  }

  /** Resolves when media flow. */
  whenPlaying() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** How many frames there have been. */
  get shownFrames() {
    return this.#shown;
  }

  /** `requestVideoFrameCallback`. */
  onFrame(callback) {
    return this.#callbacks.push(callback);
  }

  /** The picture that the element would show, as RGBA. */
  pixels() {
    if (this.frame === null) return null;
    const { width, height } = this.frame.visibleRect;
    const data = new Uint8ClampedArray(4 * width * height);
    // Filled before the promise is given.
    void this.frame.copyTo(data, { format: 'RGBA' });
    return { width, height, data };
  }

  /** Fires an event in a task of its own, after those that are due already. */
  #fire(type, before = () => {}) {
    this.#queue = this.#queue.then(
      () =>
        new Promise((done) => {
          setImmediate(() => {
            done();
            if (this.#closed) return;
            before();
            this.#element.dispatchEvent(new Event(type));
          });
        }),
    );
  }

  #tick() {
    if (this.#closed) return;
    const tracks = this.#stream.getTracks().filter(({ kind }) => kind === 'audio' || this.#showsVideo);
    for (const [track, stop] of this.#taken) {
      if (tracks.includes(track) && track.readyState === 'live') continue;
      stop();
      this.#taken.delete(track);
    }
    for (const track of tracks) {
      if (this.#taken.has(track) || track.readyState !== 'live') continue;
      if (track.kind === 'video' && [...this.#taken.keys()].some(({ kind }) => kind === 'video')) continue;
      this.#taken.set(
        track,
        drain(track, (media) => this.#take(track.kind, media)),
      );
      this.#observed.push(observe(track, 'stop', () => this.#tick()));
    }
    const live = tracks.some(({ readyState }) => readyState === 'live');
    // Sound needs no first piece to be known.
    const pictured = tracks.some(({ kind, readyState }) => kind === 'video' && readyState === 'live');
    if (this.readyState === NOTHING && live && !pictured) this.#load();
    if (this.readyState === ENOUGH && !live && !this.ended) this.#end();
    if (this.ended && live) this.ended = false;
    this.#advance();
  }

  #take(kind, media) {
    if (this.#closed) return media.close();
    if (kind === 'audio') {
      media.close();
    } else {
      this.frame?.close();
      this.frame = media;
      this.#shown += 1;
      const { displayWidth, displayHeight } = media;
      if (displayWidth !== this.videoWidth || displayHeight !== this.videoHeight) {
        const known = this.videoWidth !== 0;
        if (known) this.#resize(displayWidth, displayHeight);
      }
      const metadata = {
        presentationTime: performance.now(),
        expectedDisplayTime: performance.now(),
        width: displayWidth,
        height: displayHeight,
        mediaTime: this.currentTime,
        presentedFrames: this.#shown,
        ...media.metadata(),
      };
      for (const callback of this.#callbacks.splice(0)) callback(performance.now(), metadata);
    }
    if (this.readyState === NOTHING && this.frame !== null) this.#load();
  }

  #resize(width, height) {
    [this.videoWidth, this.videoHeight] = [width, height];
    this.#fire('resize');
  }

  #load() {
    this.readyState = METADATA;
    this.#fire('durationchange', () => (this.duration = Infinity));
    if (this.frame !== null) this.#resize(this.frame.displayWidth, this.frame.displayHeight);
    this.#fire('loadedmetadata');
    this.#fire('loadeddata', () => {
      this.readyState = ENOUGH;
      this.#advance();
    });
    this.#fire('canplay', () => {
      if (this.#element.autoplay && this.#element.paused) this.#element.play().catch(() => {});
    });
    this.#fire('canplaythrough');
  }

  #advance() {
    const now = performance.now() / 1000;
    const plays = this.readyState === ENOUGH && !this.#element.paused && !this.ended;
    if (!plays) {
      this.#clock = null;
      return;
    }
    if (this.#clock === null) {
      this.#clock = now;
      this.#lastUpdate = now;
      this.#fire('playing');
      for (const { resolve } of this.#waiting.splice(0)) resolve();
      return;
    }
    this.currentTime += now - this.#clock;
    this.#clock = now;
    if (now - this.#lastUpdate >= 0.25) {
      this.#lastUpdate = now;
      this.#element.dispatchEvent(new Event('timeupdate'));
    }
  }

  #end() {
    this.ended = true;
    this.duration = this.currentTime;
    const events = ['durationchange', 'timeupdate'];
    if (!this.#element.paused) {
      this.#element.stopAtEnd();
      events.push('pause');
    }
    for (const type of [...events, 'ended']) this.#element.dispatchEvent(new Event(type));
  }
}
