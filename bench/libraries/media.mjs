// Raw media of the libraries that have any: pictures in I420 and 16-bit samples, as each library likes them best.
//
// A library gives `videoSource`, `watch`, `audioSource` and `listen`. A picture that goes in is made by `picture` and given
// back by `release`; one that comes out has `copyInto(buffer)`, a promise where it takes one, and `release`. Sound goes in
// in blocks of so many `milliseconds`, the first `ahead` of them at once; both 10 ms at a time where `inBlocks` says so.

/** The shortest ways of this package: sources and sinks with callbacks. */
export function ownMedia({ AudioData, AudioSink, AudioSource, VideoFrame, VideoSink, VideoSource }) {
  return {
    videoSource() {
      const source = new VideoSource();
      return {
        track: source.createTrack(),
        picture: (width, height, data) =>
          new VideoFrame(data, {
            format: 'I420',
            codedWidth: width,
            codedHeight: height,
            timestamp: Math.round(performance.now() * 1000),
          }),
        push: (picture) => source.push(picture),
        release: (picture) => picture.close(),
      };
    },
    watch(track, onPicture, queue = 4) {
      const sink = new VideoSink(
        track,
        (frame) =>
          onPicture({
            width: frame.codedWidth,
            height: frame.codedHeight,
            copyInto: (buffer) => frame.copyTo(buffer).then(() => buffer),
            release: () => frame.close(),
          }),
        { maxQueueLength: queue },
      );
      return { stop: () => sink.close() };
    },
    audioSource(sampleRate, inBlocks) {
      // Plays at the pace of its own clock what comes in blocks of any length.
      const source = new AudioSource({ paced: !inBlocks });
      return {
        track: source.createTrack(),
        milliseconds: inBlocks ? 10 : 100,
        ahead: inBlocks ? 0 : 1,
        push(samples) {
          const data = new AudioData({
            format: 's16',
            sampleRate,
            numberOfFrames: samples.length,
            numberOfChannels: 1,
            timestamp: 0,
            data: samples,
          });
          source.push(data);
          data.close();
        },
      };
    },
    listen(track, onSamples, inBlocks) {
      new AudioSink(
        track,
        (data) => {
          onSamples(data.numberOfFrames, data.sampleRate);
          data.close();
        },
        inBlocks ? { maxQueueLength: 100 } : { interval: 100 },
      );
    },
  };
}

/** `nonstandard` of wrtc. */
export function wrtcMedia({ RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource }) {
  return {
    videoSource() {
      const source = new RTCVideoSource();
      return {
        track: source.createTrack(),
        picture: (width, height, data) => ({ width, height, data }),
        push: (picture) => source.onFrame(picture),
        release: () => {},
      };
    },
    watch(track, onPicture) {
      const sink = new RTCVideoSink(track);
      // It has copied every picture into memory of its own.
      sink.onframe = ({ frame }) =>
        onPicture({ width: frame.width, height: frame.height, copyInto: () => frame.data, release: () => {} });
      return { stop: () => sink.stop() };
    },
    audioSource(sampleRate) {
      const source = new RTCAudioSource();
      return {
        track: source.createTrack(),
        // It takes nothing else.
        milliseconds: 10,
        ahead: 0,
        push: (samples) =>
          source.onData({
            samples,
            sampleRate,
            bitsPerSample: 16,
            channelCount: 1,
            numberOfFrames: samples.length,
          }),
      };
    },
    listen(track, onSamples) {
      const sink = new RTCAudioSink(track);
      sink.ondata = ({ numberOfFrames, sampleRate }) => onSamples(numberOfFrames, sampleRate);
    },
  };
}
