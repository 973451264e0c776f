/** Encoded frames in messages: a copy of its own, which the other side may read, change and write. */
import { definePlatformObject, type Outgoing } from '../clone/platform_objects';
import { native } from '../native';
import { encodedFrameOf, encodedFrameState, type RTCEncodedFrame } from './frame_kinds';
import { isEncodedAudioFrame, type RTCEncodedAudioFrame } from './RTCEncodedAudioFrame';
import { isEncodedVideoFrame, type RTCEncodedVideoFrame } from './RTCEncodedVideoFrame';

interface Content {
  readonly token: bigint;
}

/** The serialization steps (WebRTC Encoded Transform, sections 5.2 and 5.4). */
function serialize(frame: RTCEncodedFrame): Outgoing<Content> {
  const token = encodedFrameState(frame).cloneHandle('The frame cannot be cloned').release() ?? 0n;
  return {
    data: { token },
    rollback: () => {
      native.adoptEncodedFrame(token);
    },
  };
}

/** The deserialization steps. The frame comes from no transformer. */
const deserialize = ({ token }: Content): RTCEncodedFrame => encodedFrameOf(native.adoptEncodedFrame(token), null);

definePlatformObject<RTCEncodedVideoFrame, Content>({
  name: 'RTCEncodedVideoFrame',
  is: isEncodedVideoFrame,
  serialize,
  deserialize: (content) => deserialize(content) as RTCEncodedVideoFrame,
});

definePlatformObject<RTCEncodedAudioFrame, Content>({
  name: 'RTCEncodedAudioFrame',
  is: isEncodedAudioFrame,
  serialize,
  deserialize: (content) => deserialize(content) as RTCEncodedAudioFrame,
});
