/** Encoded frames in messages: a copy of its own, which the other side may read, change and write. */
import { definePlatformObject, type Outgoing } from '../clone/platform_objects';
import { native } from '../native';
import { present, type InheritedMetadata } from './encoded_frame';
import { encodedFrameOf, encodedFrameState, type RTCEncodedFrame } from './frame_kinds';
import { isEncodedAudioFrame, type RTCEncodedAudioFrame } from './RTCEncodedAudioFrame';
import { isEncodedVideoFrame, type RTCEncodedVideoFrame } from './RTCEncodedVideoFrame';

interface Content {
  readonly token: bigint;
  readonly inherited: InheritedMetadata;
  /** Where the sending thread's `performance.now()` begins. */
  readonly timeOrigin: number;
}

/** The serialization steps (WebRTC Encoded Transform, sections 5.2 and 5.4). */
function serialize(frame: RTCEncodedFrame): Outgoing<Content> {
  const state = encodedFrameState(frame);
  const token = state.cloneHandle('The frame cannot be cloned').release() ?? 0n;
  return {
    data: { token, inherited: state.inheritance(), timeOrigin: performance.timeOrigin },
    rollback: () => {
      native.adoptEncodedFrame(token);
    },
  };
}

/** The deserialization steps. The frame comes from no transformer. */
function deserialize({ token, inherited, timeOrigin }: Content): RTCEncodedFrame {
  const shift = timeOrigin - performance.timeOrigin;
  const here = (time: number | undefined): number | undefined => (time === undefined ? undefined : time + shift);
  const { receiveTime, captureTime, ...rest } = inherited;
  const times = present({ receiveTime: here(receiveTime), captureTime: here(captureTime) });
  return encodedFrameOf(native.adoptEncodedFrame(token), null, { ...rest, ...times });
}

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
