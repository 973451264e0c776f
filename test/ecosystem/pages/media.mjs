/** Known pictures and tones in a page, and judges for what it receives. Imported first: the judges look for `content`. */
import * as content from '../../interop/support/media_content.mjs';
import { microphone } from '../../interop/support/media_page.mjs';
import { camera, judge } from '../../interop/support/media_page_chromium.mjs';

globalThis.content = content;

/** A stream with a painted picture and a tone. */
export async function knownStream({ frequency, from }) {
  return new MediaStream([camera({ from }), await microphone({ frequency })]);
}

/** Waits until the stream shows known pictures and sounds this tone. */
export async function judgeStream(stream, { frequency, from }) {
  const [picture, tone] = await Promise.all([
    judge(stream.getVideoTracks()[0], 'picture', { from }),
    judge(stream.getAudioTracks()[0], 'tone', { frequency }),
  ]);
  return { picture, tone };
}

export { camera, judge, microphone };
