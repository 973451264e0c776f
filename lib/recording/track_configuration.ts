/** What the header of a file says of a track, found in its first frame. */
import { av1CodecString, withoutDelimiter } from './av1';
import { h264Parameters, h264WithLengths } from './h264';
import type { RecordedCodec, RecordedVideoCodec } from './statistics';
import { vp9CodecString } from './vp9';

/** A track as the header describes it. */
export type TrackConfiguration = VideoConfiguration | AudioConfiguration;

export interface VideoConfiguration {
  readonly kind: 'video';
  readonly codec: RecordedVideoCodec;
  /** In the manner of RFC 6381. */
  readonly codecString: string;
  /** H.264: the parameter sets. */
  readonly description: Uint8Array | undefined;
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
}

export interface AudioConfiguration {
  readonly kind: 'audio';
  readonly codec: 'opus';
  readonly channelCount: number;
  /** The Opus identification header. */
  readonly description: Uint8Array;
}

export const OPUS_RATE = 48_000;
/** What libopus looks ahead, in samples of 48 kHz: its first output that belongs to the input comes after them. */
const OPUS_PRE_SKIP = 312;

/** Of sound nothing needs to be seen to know it. Implements RFC 7845, section 5.1 (identification header). */
export function audioConfiguration(channelCount: number): AudioConfiguration {
  const description = new Uint8Array(19);
  const view = new DataView(description.buffer);
  description.set(Buffer.from('OpusHead'));
  view.setUint8(8, 1);
  view.setUint8(9, channelCount);
  view.setUint16(10, OPUS_PRE_SKIP, true);
  view.setUint32(12, OPUS_RATE, true);
  return { kind: 'audio', codec: 'opus', channelCount, description };
}

/** What is known of a key frame. */
export interface KeyFrame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
}

/** Pictures whose first key frame does not come in time are described like this; decoders find the truth in the frame. */
const UNSEEN: KeyFrame = { data: new Uint8Array(0), width: 1280, height: 720, rotation: 0 };

/** A record without parameter sets: they come with the key frames. Constrained Baseline, level 3.1. */
const EMPTY_RECORD = Uint8Array.of(1, 0x42, 0xe0, 0x1f, 0xff, 0xe0, 0);

/**
 * @param frame the first key frame, in the form that the codec has outside of files
 * @param inBandParameters H.264: whether the name may say that parameter sets come in the media
 */
export function videoConfiguration(
  codec: RecordedVideoCodec,
  frame: KeyFrame | undefined,
  inBandParameters: boolean,
): VideoConfiguration {
  const { data, width, height, rotation } = frame ?? UNSEEN;
  let codecString: string;
  let description: Uint8Array | undefined;
  switch (codec) {
    case 'vp8':
      codecString = 'vp8';
      break;
    case 'vp9':
      codecString = vp9CodecString(data, width, height);
      break;
    case 'av1':
      codecString = av1CodecString(data);
      break;
    case 'h264': {
      const parameters = h264Parameters(data);
      codecString = `${inBandParameters ? 'avc3' : 'avc1'}.${parameters?.profile ?? '42e01f'}`;
      description = parameters?.record ?? EMPTY_RECORD;
    }
  }
  return { kind: 'video', codec, codecString, description, width, height, rotation };
}

/** A frame in the form that it has in files. */
export function asStored(codec: RecordedCodec, data: Uint8Array): Uint8Array {
  if (codec === 'h264') return h264WithLengths(data);
  return codec === 'av1' ? withoutDelimiter(data) : data;
}
