/** What a page of any browser has for media. Its text runs in the page. */

/** A track of one tone. */
export async function microphone({ frequency }) {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0.5 });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  await context.resume();
  return destination.stream.getAudioTracks()[0];
}

/** A track of two channels, each with its own tone. */
export async function stereo(frequencies) {
  const context = new AudioContext();
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  [frequencies.left, frequencies.right].forEach((frequency, channel) => {
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new GainNode(context, { gain: 0.5 })).connect(merger, 0, channel);
    oscillator.start();
  });
  merger.connect(destination);
  await context.resume();
  return destination.stream.getAudioTracks()[0];
}

/** The statistics of a type, each with the codec that it names. */
export async function statistics(pc, type) {
  const report = await pc.getStats();
  const all = [...report.values()].filter((entry) => entry.type === type);
  return all.map((entry) => ({ ...entry, codec: report.get(entry.codecId) }));
}
