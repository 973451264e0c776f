/**
 * What is used of Mediabunny. Its own types need the DOM library, which users of this package do not have to have. A name
 * that is added here is added in `scripts/setup/third_party.mjs` too.
 */

/** Where a file is wanted in pieces only. */
export type OutputFormat = object;

type Piece = (data: Uint8Array, position: number) => void;

interface MatroskaOptions {
  /** Seconds. */
  minimumClusterDuration: number;
  onEbmlHeader: Piece;
  onSegmentHeader: Piece;
  onCluster: Piece;
}

interface Mp4Options {
  fastStart: 'fragmented';
  /** Seconds. */
  minimumFragmentDuration: number;
  onFtyp: Piece;
  onMoov: Piece;
  onMoof: Piece;
  onMdat: Piece;
}

/** Configurations of decoders as WebCodecs has them. */
export interface DecoderMetadata {
  decoderConfig: {
    codec: string;
    description?: Uint8Array;
    codedWidth?: number;
    codedHeight?: number;
    numberOfChannels?: number;
    sampleRate?: number;
  };
}

export interface EncodedSource {
  add(packet: object, metadata?: DecoderMetadata): Promise<void>;
}

export interface Output {
  addVideoTrack(source: EncodedSource, metadata: { rotation: 0 | 90 | 180 | 270 }): void;
  addAudioTrack(source: EncodedSource): void;
  start(): Promise<void>;
  finalize(): Promise<void>;
}

export interface MediabunnyModule {
  /** Times in seconds. */
  EncodedPacket: new (data: Uint8Array, type: 'key' | 'delta', timestamp: number, duration: number) => object;
  EncodedVideoPacketSource: new (codec: 'avc' | 'vp8' | 'vp9' | 'av1') => EncodedSource;
  EncodedAudioPacketSource: new (codec: 'opus') => EncodedSource;
  MkvOutputFormat: new (options: MatroskaOptions) => OutputFormat;
  Mp4OutputFormat: new (options: Mp4Options) => OutputFormat;
  WebMOutputFormat: new (options: MatroskaOptions) => OutputFormat;
  NullTarget: new () => object;
  Output: new (options: { format: OutputFormat; target: object }) => Output;
}
