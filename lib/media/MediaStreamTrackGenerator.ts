import type { WritableStream } from 'node:stream/web';
import type { NativeMediaKind, NativeMediaStreamTrack } from '../native_media';
import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  enumeration,
  internal,
  isObject,
  type Converter,
} from '../webidl';
import type { AudioData } from './AudioData';
import { audioWritable, videoWritable, type MediaWritable } from './generators';
import { MediaStreamTrack } from './MediaStreamTrack';
import { AudioSource, VideoSource, audioParts, videoParts } from './raw_sources';
import type { LocalTrackSource } from './track_sources';
import type { VideoFrame } from './VideoFrame';

/** Argument of the constructor of {@link MediaStreamTrackGenerator}. */
export interface MediaStreamTrackGeneratorInit {
  /** `audio` or `video`. */
  kind: 'audio' | 'video';
}

const kindType: Converter<NativeMediaKind> = (value, context) =>
  enumeration('MediaStreamTrackGeneratorKind', ['audio', 'video'])(DOMString(value, context), context);
const mediaStreamTrackGeneratorInit = dictionary<MediaStreamTrackGeneratorInit>('MediaStreamTrackGeneratorInit', {
  kind: { type: kindType, required: true },
});

const CONSTRUCT = constructorOperation('MediaStreamTrackGenerator');

interface Parts {
  readonly handle: NativeMediaStreamTrack;
  readonly tracks: LocalTrackSource;
  readonly writable: MediaWritable<VideoFrame> | MediaWritable<AudioData>;
}

function videoGenerator(): Parts {
  const source: VideoSource = new VideoSource({
    onidle: () => {
      writable.finish();
    },
  });
  const writable = videoWritable(
    (frame) => {
      source.push(frame);
    },
    () => {
      source.stop();
    },
  );
  return { ...videoParts(source), writable };
}

function audioGenerator(): Parts {
  const source: AudioSource = new AudioSource({
    onidle: () => {
      writable.finish();
    },
  });
  const writable = audioWritable(
    (data) => {
      source.push(data);
    },
    () => {
      source.stop();
    },
  );
  return { ...audioParts(source), writable };
}

/**
 * A track whose frames or samples one writes into a stream; what is written is closed. The older form, which Chromium
 * has and which takes sound too; the specification has {@link VideoTrackGenerator} instead.
 */
export class MediaStreamTrackGenerator<
  T extends VideoFrame | AudioData = VideoFrame | AudioData,
> extends MediaStreamTrack {
  readonly #writable: WritableStream<T>;

  /**
   * @param init the kind, alone or as a dictionary
   * @throws TypeError when it is neither `'audio'` nor `'video'`
   */
  constructor(init: MediaStreamTrackGeneratorInit | 'audio' | 'video') {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const context = CONSTRUCT.parameter(1);
    const kind = isObject(init) ? mediaStreamTrackGeneratorInit(init, context).kind : kindType(init, context);
    const { handle, tracks, writable } = kind === 'video' ? videoGenerator() : audioGenerator();
    super(internal, handle, tracks);
    this.#writable = writable.stream as unknown as WritableStream<T>;
  }

  /** Takes the frames or samples; closing it ends the track. */
  get writable(): WritableStream<T> {
    return this.#writable;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
