/**
 * What encoded frames of video and of audio have in common: their bytes, their metadata, copies, and who may write them.
 * What a kind has of its own is its {@link FrameKind}.
 */
import type { NativeEncodedFrame, NativeEncodedFrameMetadata } from '../native_encoded';
import { DOMString, double, octet, sequence, unsignedLong, type Converter } from '../webidl';

/** What is known of encoded frames of either kind (WebRTC Encoded Transform, section 5). */
export interface RTCEncodedFrameMetadata {
  /** SSRC. */
  synchronizationSource?: number;
  /** That of the packets. */
  payloadType?: number;
  /** CSRCs. */
  contributingSources?: number[];
  /** RTP time. */
  rtpTimestamp?: number;
  /** When the last packet of a received frame came, on the scale of `performance.now()`. */
  receiveTime?: number;
  /** When it was taken, where that is known, on the scale of `performance.now()`. */
  captureTime?: number;
  /** Milliseconds by which the capturer's clock differs from the sender's. */
  senderCaptureTimeOffset?: number;
  /** For instance `video/VP8`. */
  mimeType?: string;
}

/** The members of {@link RTCEncodedFrameMetadata}, for the dictionaries of both kinds. */
export const sharedMembers = {
  synchronizationSource: { type: unsignedLong },
  payloadType: { type: octet },
  contributingSources: { type: sequence(unsignedLong) },
  rtpTimestamp: { type: unsignedLong },
  receiveTime: { type: double },
  captureTime: { type: double },
  senderCaptureTimeOffset: { type: double },
  mimeType: { type: DOMString },
} as const;

/** Argument of a constructor that copies a frame. */
export interface FrameOptions<Metadata> {
  metadata?: Metadata;
}

/** What one kind of frames has beside what both have. */
export interface FrameKind<Metadata extends RTCEncodedFrameMetadata> {
  readonly options: Converter<FrameOptions<Metadata>>;
  /** The members of its metadata that are not shared. */
  extra(known: NativeEncodedFrameMetadata): Metadata;
  /** The members that no script can change. */
  fixed(known: NativeEncodedFrameMetadata): readonly (keyof Metadata & string)[];
  /**
   * What the addon changes for the other members.
   *
   * @throws DOMException `InvalidModificationError` for what a frame cannot have
   */
  changes(metadata: Metadata, known: NativeEncodedFrameMetadata, prefix: string): Partial<NativeEncodedFrameMetadata>;
}

/** What `performance.now()` is when the process's monotonic clock is 0: the same for all times, so that they compare. */
let clockOrigin: number | null = null;

/** Reads metadata; the first time, it compares the clocks, so that no time is ever in the future. */
function readMetadata(handle: NativeEncodedFrame): NativeEncodedFrameMetadata | null {
  const before = performance.now();
  const known = handle.metadata();
  if (known !== null) clockOrigin ??= before - known.now / 1000;
  return known;
}

/** Microseconds of the process's monotonic clock as a `DOMHighResTimeStamp`. */
const toHighResolution = (micros: number): number => (clockOrigin ?? 0) + micros / 1000;

function sharedMetadata(known: NativeEncodedFrameMetadata): RTCEncodedFrameMetadata {
  const { synchronizationSource, payloadType, contributingSources, rtpTimestamp, mimeType } = known;
  const { receiveTime, captureTime, senderCaptureTimeOffset } = known;
  return {
    synchronizationSource,
    payloadType,
    contributingSources,
    rtpTimestamp,
    mimeType,
    ...(receiveTime === undefined ? {} : { receiveTime: toHighResolution(receiveTime) }),
    ...(captureTime === undefined
      ? {}
      : {
          captureTime: known.isReceived ? captureTime / 1000 - performance.timeOrigin : toHighResolution(captureTime),
        }),
    ...(senderCaptureTimeOffset === undefined ? {} : { senderCaptureTimeOffset: senderCaptureTimeOffset / 1000 }),
  };
}

/** Those members of an object that are there. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The transformer that a frame comes from, and its place among that one's frames. */
export interface FrameOrigin {
  readonly owner: object;
  readonly counter: number;
}

/** What libwebrtc's copies of a frame do not know any more. */
export interface InheritedMetadata {
  timestamp?: number;
  receiveTime?: number;
  captureTime?: number;
  senderCaptureTimeOffset?: number;
}

/** The inner state of a frame. */
export class EncodedFrameState<Metadata extends RTCEncodedFrameMetadata = RTCEncodedFrameMetadata> {
  readonly handle: NativeEncodedFrame;
  readonly origin: FrameOrigin | null;
  /** Whether it is a key frame, also when it has been written; `null` for audio. */
  readonly type: 'key' | 'delta' | null;
  readonly #kind: FrameKind<Metadata>;
  readonly #inherited: InheritedMetadata;
  /** Bytes that scripts have seen or given; the others are in the addon. */
  #data: ArrayBuffer | null = null;
  /** What is left when the frame has been written. */
  #last: Metadata | null = null;

  constructor(
    kind: FrameKind<Metadata>,
    handle: NativeEncodedFrame,
    origin: FrameOrigin | null,
    inherited: InheritedMetadata = {},
  ) {
    this.handle = handle;
    this.#inherited = inherited;
    this.origin = origin;
    this.type = handle.type;
    this.#kind = kind;
  }

  get data(): ArrayBuffer {
    this.#data ??= this.handle.data() ?? new ArrayBuffer(0);
    return this.#data;
  }

  set data(data: ArrayBuffer) {
    this.#data = data;
  }

  get rtpTimestamp(): number {
    return this.metadata().rtpTimestamp ?? 0;
  }

  metadata(): Metadata {
    const known = readMetadata(this.handle);
    if (known !== null) return { ...this.#inherited, ...sharedMetadata(known), ...this.#kind.extra(known) };
    return structuredClone(this.#last ?? ({} as Metadata));
  }

  /**
   * What the constructors do: another frame with the same content, apart from what `options` change.
   *
   * @throws DOMException `DataCloneError` when this one has been written
   */
  copy(options: unknown, prefix: string, context: string): EncodedFrameState<Metadata> {
    const { metadata } = this.#kind.options(options, context);
    const copy = new EncodedFrameState(this.#kind, this.cloneHandle(prefix), this.origin, this.inheritance());
    if (metadata !== undefined) copy.setMetadata(metadata, prefix);
    return copy;
  }

  /** Another frame with the same content. @throws DOMException `DataCloneError` when this one has been written */
  cloneHandle(prefix: string): NativeEncodedFrame {
    const clone = this.handle.clone();
    if (clone === null) throw new DOMException(`${prefix}: The frame has been written.`, 'DataCloneError');
    if (this.#data !== null) clone.setData(this.#data);
    return clone;
  }

  /** What a copy has to be told. */
  inheritance(): InheritedMetadata {
    const { timestamp, receiveTime, captureTime, senderCaptureTimeOffset } = this.metadata() as InheritedMetadata;
    return present({ timestamp, receiveTime, captureTime, senderCaptureTimeOffset });
  }

  /** What the methods of that name do. */
  setMetadata(metadata: Metadata, prefix: string): void {
    const known = this.handle.metadata();
    if (known === null) throw new DOMException(`${prefix}: The frame has been written.`, 'InvalidStateError');
    const current = this.metadata();
    for (const name of this.#kind.fixed(known)) {
      if (metadata[name] !== undefined && JSON.stringify(metadata[name]) !== JSON.stringify(current[name])) {
        throw new DOMException(`${prefix}: '${name}' cannot be changed.`, 'InvalidModificationError');
      }
    }
    this.handle.setMetadata(this.#kind.changes(metadata, known, prefix));
  }

  /**
   * Gives the frame away by `take`, with the bytes that scripts have given it. If it goes for good, the bytes are gone
   * then, as when a buffer is transferred, and so is the RTP time, which belongs to what is sent now.
   */
  takeBy<T>(take: (handle: NativeEncodedFrame) => T, forGood: boolean): T {
    const { handle } = this;
    const data = this.#data;
    const last = this.metadata();
    if (data !== null) {
      handle.setData(data);
      if (forGood && data.byteLength > 0) structuredClone(data, { transfer: [data] });
    }
    if (forGood) delete last.rtpTimestamp;
    this.#last = last;
    return take(handle);
  }
}
