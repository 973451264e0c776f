/**
 * Containers, by Mediabunny, which is loaded when the first recording begins.
 *
 * Mediabunny writes whole files: it begins a new cluster or fragment only where all tracks have a key frame, and waits
 * for every track before it writes anything. A live recording can do neither. So each piece of at most a second is
 * written by an `Output` of its own, with the same tracks and with times that go on, of which only the cluster or the
 * fragment is taken; and the header by another one. What ties the pieces together (sizes, numbers, marks of key frames,
 * the index) is put right afterwards: `webm_pieces.ts` and `mp4_pieces.ts`.
 */
import { createRequire } from 'node:module';
import type { DecoderMetadata, EncodedSource, MediabunnyModule, OutputFormat, Output } from './mediabunny';
import type { Container } from './mime_type';
import { numberFragment, withDurationBox } from './mp4_pieces';
import { OPUS_RATE, type TrackConfiguration } from './track_configuration';
import { unmarkKeyFrames } from './webm_pieces';

/** A frame or packet on its way into a file. */
export interface MuxedFrame {
  /** Microseconds in the recording. */
  readonly time: number;
  /** Microseconds. */
  readonly duration: number;
  /** In the form that it has in files. */
  readonly data: Uint8Array;
  readonly key: boolean;
}

const MICROSECONDS = 1_000_000;
/** Longer than any piece: nothing else shall end one. */
const ENDLESS = 1_000_000;

let mediabunny: MediabunnyModule | undefined;

/** Loads what is used of Mediabunny, once. The build takes it out of the npm package: `scripts/setup/third_party.mjs`. */
export function loadMediabunny(): MediabunnyModule {
  return (mediabunny ??= createRequire(__filename)('../third_party/mediabunny.js') as MediabunnyModule);
}

/** One file, in pieces. */
export class Muxer {
  readonly #library = loadMediabunny();
  readonly #container: Container;
  readonly #tracks: readonly TrackConfiguration[];
  #pieces = 0;

  constructor(container: Container, tracks: readonly TrackConfiguration[]) {
    this.#container = container;
    this.#tracks = tracks;
  }

  /** What comes before the first piece. */
  async header(): Promise<Uint8Array> {
    // A frame for each track makes it known; it goes nowhere.
    const frame: MuxedFrame = { time: 0, duration: 1000, data: new Uint8Array(1), key: true };
    const { head } = await this.#write(this.#tracks.map(() => [frame]));
    return this.#container === 'mp4' ? withDurationBox(head) : head;
  }

  /**
   * A cluster or a fragment.
   *
   * @param frames of each track, in the order of the tracks
   */
  async piece(frames: readonly (readonly MuxedFrame[])[]): Promise<Uint8Array> {
    const { body } = await this.#write(frames);
    this.#pieces++;
    const disguised = frames.map((ofTrack) => ofTrack[0]?.key === false);
    if (this.#container === 'mp4') numberFragment(body, this.#pieces, disguised);
    else if (disguised.includes(true)) unmarkKeyFrames(body, disguised);
    return body;
  }

  async #write(frames: readonly (readonly MuxedFrame[])[]): Promise<{ head: Uint8Array; body: Uint8Array }> {
    const { EncodedPacket, NullTarget, Output } = this.#library;
    const head: Uint8Array[] = [];
    const body: Uint8Array[] = [];
    const output = new Output({ format: this.#format(head, body), target: new NullTarget() });
    const sources = this.#tracks.map((track) => this.#source(output, track));
    await output.start();
    const added: Promise<void>[] = [];
    frames.forEach((ofTrack, index) => {
      const source = sources[index]!;
      const meta = decoderOf(this.#tracks[index]!);
      ofTrack.forEach(({ data, key, time, duration }, position) => {
        // A piece has to begin with key frames: the mark is taken away again.
        const type = key || position === 0 ? 'key' : 'delta';
        const packet = new EncodedPacket(data, type, time / MICROSECONDS, duration / MICROSECONDS);
        added.push(source.add(packet, position === 0 ? meta : undefined));
      });
    });
    await Promise.all(added);
    await output.finalize();
    return { head: joined(head), body: joined(body) };
  }

  #format(head: Uint8Array[], body: Uint8Array[]): OutputFormat {
    const { MkvOutputFormat, Mp4OutputFormat, WebMOutputFormat } = this.#library;
    const toHead = (data: Uint8Array): void => {
      head.push(data);
    };
    const toBody = (data: Uint8Array): void => {
      body.push(data);
    };
    if (this.#container === 'mp4') {
      return new Mp4OutputFormat({
        ...{ fastStart: 'fragmented', minimumFragmentDuration: ENDLESS },
        ...{ onFtyp: toHead, onMoov: toHead, onMoof: toBody, onMdat: toBody },
      });
    }
    const callbacks = { onEbmlHeader: toHead, onSegmentHeader: toHead, onCluster: toBody };
    const options = { minimumClusterDuration: ENDLESS, ...callbacks };
    // H.264 is not of WebM: the file says that it is Matroska, as Chromium's does.
    const pure = this.#container === 'webm' && !this.#tracks.some(({ codec }) => codec === 'h264');
    return pure ? new WebMOutputFormat(options) : new MkvOutputFormat(options);
  }

  #source(output: Output, track: TrackConfiguration): EncodedSource {
    const { EncodedAudioPacketSource, EncodedVideoPacketSource } = this.#library;
    if (track.kind === 'audio') {
      const source = new EncodedAudioPacketSource('opus');
      output.addAudioTrack(source);
      return source;
    }
    const source = new EncodedVideoPacketSource(track.codec === 'h264' ? 'avc' : track.codec);
    output.addVideoTrack(source, { rotation: track.rotation });
    return source;
  }
}

/** The configuration of a decoder, as WebCodecs writes it. */
function decoderOf(track: TrackConfiguration): DecoderMetadata {
  if (track.kind === 'audio') {
    const { channelCount: numberOfChannels, description } = track;
    return { decoderConfig: { codec: 'opus', sampleRate: OPUS_RATE, numberOfChannels, description } };
  }
  const { codecString: codec, width: codedWidth, height: codedHeight, description } = track;
  return { decoderConfig: { codec, codedWidth, codedHeight, ...(description === undefined ? {} : { description }) } };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
