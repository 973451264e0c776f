/** Frames, samples and rectangles in messages: pictures and sound are never copied. */
import { dataCloneError, definePlatformObject, type Outgoing, type Way } from '../clone/platform_objects';
import { native } from '../native';
import { audioDataOf, isAudioData, nativeAudioData, type AudioData } from './AudioData';
import { DOMRectReadOnly, isDOMRectReadOnly, type DOMRectInit } from './DOMRectReadOnly';
import { isVideoFrame, nativeVideoFrame, videoFrameExtras, videoFrameOf, type VideoFrame } from './VideoFrame';

/** The native object of what is not closed; a closed one is detached. */
function openOrThrow<T, N>(media: T, nativeOf: (media: T) => N, name: string): N {
  try {
    return nativeOf(media);
  } catch {
    throw dataCloneError(`The ${name} is closed.`);
  }
}

interface FrameContent {
  readonly token: bigint;
  readonly extras: ReturnType<typeof videoFrameExtras>;
}

/** Another reference to the picture is on its way. */
function copyOfFrame(frame: VideoFrame, way: Way): Outgoing<FrameContent> & { rollback(): void } {
  const token = openOrThrow(frame, nativeVideoFrame, 'VideoFrame').clone().release(way.group());
  return {
    data: { token, extras: videoFrameExtras(frame) },
    rollback: () => {
      native.adoptVideoFrame(token).close();
    },
  };
}

definePlatformObject<VideoFrame, FrameContent>({
  name: 'VideoFrame',
  is: isVideoFrame,
  serialize: copyOfFrame,
  transfer: (frame, way) => ({
    ...copyOfFrame(frame, way),
    commit: () => {
      frame.close();
    },
  }),
  deserialize: ({ token, extras }) => videoFrameOf(native.adoptVideoFrame(token), extras),
});

interface SamplesContent {
  readonly token: bigint;
}

function copyOfSamples(data: AudioData, way: Way): Outgoing<SamplesContent> & { rollback(): void } {
  const token = openOrThrow(data, nativeAudioData, 'AudioData').clone().release(way.group());
  return {
    data: { token },
    rollback: () => {
      native.adoptAudioData(token).close();
    },
  };
}

definePlatformObject<AudioData, SamplesContent>({
  name: 'AudioData',
  is: isAudioData,
  serialize: copyOfSamples,
  transfer: (data, way) => ({
    ...copyOfSamples(data, way),
    commit: () => {
      data.close();
    },
  }),
  deserialize: ({ token }) => audioDataOf(native.adoptAudioData(token)),
});

definePlatformObject<DOMRectReadOnly, Required<DOMRectInit>>({
  name: 'DOMRectReadOnly',
  is: isDOMRectReadOnly,
  serialize: ({ x, y, width, height }) => ({ data: { x, y, width, height } }),
  deserialize: (rectangle) => DOMRectReadOnly.fromRect(rectangle),
});
