/** Known pictures and tones here, for a library to send, and judges for what it receives. */
import { MediaStream } from '../../../dist/index.mjs';
import { camera, judge, microphone } from '../../interop/support/media_sides.mjs';

export { camera, judge, microphone };

/** A stream with a painted picture and a tone, which end with the test. */
export function knownStream(t, { frequency, from }) {
  const sources = [camera({ from }), microphone({ frequency })];
  t.after(() => sources.forEach(({ stop }) => stop()));
  return new MediaStream(sources.map(({ track }) => track));
}

/** Waits until the stream shows known pictures and sounds this tone. */
export async function judgeStream(stream, { frequency, from }) {
  const [picture, tone] = await Promise.all([
    judge(stream.getVideoTracks()[0], 'picture', { from }),
    judge(stream.getAudioTracks()[0], 'tone', { frequency }),
  ]);
  return { picture, tone };
}
