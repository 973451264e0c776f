import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  double,
  eventInit,
  interfaceType,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';

/** Argument of the constructor of {@link BlobEvent}. */
export interface BlobEventInit extends EventInit {
  /** What was recorded. */
  data: Blob;
  /** When it begins, in milliseconds since the first. */
  timecode?: number;
}

const blobEventInit = dictionary<ConvertedEventInit & BlobEventInit, ConvertedEventInit>(
  'BlobEventInit',
  {
    data: { type: interfaceType<Blob>('Blob', (value) => value instanceof Blob), required: true },
    timecode: { type: double },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('BlobEvent');

/**
 * `dataavailable`: a part of a recording.
 *
 * Implements MediaStream Recording, section 3 (Blob Event).
 */
export class BlobEvent extends Event {
  readonly #data: Blob;
  readonly #timecode: number;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit`, the required `data`, and its `timecode`
   * @throws TypeError when `data` is no `Blob`
   */
  constructor(type: string, eventInitDict: BlobEventInit) {
    CONSTRUCT.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = blobEventInit(eventInitDict, CONSTRUCT.parameter(2));
    // The options themselves: they may mark the event as trusted.
    super(eventType, eventInitDict);
    this.#data = init.data;
    this.#timecode = init.timecode ?? 0;
  }

  /** The part. All parts in their order are the recording. */
  get data(): Blob {
    return this.#data;
  }

  /** Milliseconds between the first frame of the first part and the first frame of this one. */
  get timecode(): number {
    return this.#timecode;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
