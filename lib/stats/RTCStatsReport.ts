import { callbackFunction, defineInterface, DOMString, internal, operation, requireInternal } from '../webidl';

/** The dictionaries of webrtc-stats, section 8.1 (RTCStatsType). */
export type RTCStatsType =
  | 'candidate-pair'
  | 'certificate'
  | 'codec'
  | 'data-channel'
  | 'inbound-rtp'
  | 'local-candidate'
  | 'media-playout'
  | 'media-source'
  | 'outbound-rtp'
  | 'peer-connection'
  | 'remote-candidate'
  | 'remote-inbound-rtp'
  | 'remote-outbound-rtp'
  | 'transport';

/** Members that every dictionary of a statistics report has. */
export interface RTCStats {
  /** Identifies the object that the dictionary is about; the same in later reports. */
  id: string;
  /** When the values were taken, in milliseconds since the epoch. */
  timestamp: number;
  /** Which dictionary of the statistics specification it is. */
  type: RTCStatsType;
  /** The dictionary's other members, under the names and in the units of the specification. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the DOM library has it
  [member: string]: any;
}

const GET = operation('RTCStatsReport', 'get');
const HAS = operation('RTCStatsReport', 'has');
const FOR_EACH = operation('RTCStatsReport', 'forEach');

/**
 * A remote candidate that only its packets have told of has no address that scripts could know from signaling:
 * webrtc-stats, section 7.17 (RTCIceCandidateStats), has `null` for it, libwebrtc an empty string.
 */
function hideUnknownAddress(stats: RTCStats): RTCStats {
  if (stats['address'] === '') stats['address'] = null;
  return stats;
}

/** Makes a report; not part of the public interface. */
export let createStatsReport: (stats: Iterable<RTCStats>) => RTCStatsReport;

/**
 * Statistics of a connection at one moment: a read-only map from identifiers to dictionaries.
 *
 * Implements webrtc-pc, section 8.4 (RTCStatsReport object); the dictionaries are those of webrtc-stats.
 */
export class RTCStatsReport {
  readonly #entries: Map<string, RTCStats>;

  private constructor(key: symbol, stats: Iterable<RTCStats>) {
    requireInternal(key);
    this.#entries = new Map(Array.from(stats, (dictionary) => [dictionary.id, dictionary]));
  }

  /** Number of dictionaries. */
  get size(): number {
    return this.#entries.size;
  }

  /** The dictionary with this identifier, or `undefined`. */
  get(key: string): RTCStats | undefined {
    GET.requireArguments(arguments.length, 1);
    return this.#entries.get(DOMString(key, GET.parameter(1)));
  }

  /** Whether there is a dictionary with this identifier. */
  has(key: string): boolean {
    HAS.requireArguments(arguments.length, 1);
    return this.#entries.has(DOMString(key, HAS.parameter(1)));
  }

  /** Pairs of identifier and dictionary. */
  entries(): MapIterator<[string, RTCStats]> {
    return this.#entries.entries();
  }

  /** The identifiers. */
  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  /** The dictionaries. */
  values(): MapIterator<RTCStats> {
    return this.#entries.values();
  }

  /** Calls `callback` with each dictionary, its identifier and the report; `thisArg` becomes its `this`. */
  forEach(
    callback: (value: RTCStats, key: string, report: RTCStatsReport) => void,
    ...[thisArg]: [thisArg?: unknown]
  ): void {
    const entries = this.#entries;
    FOR_EACH.requireArguments(arguments.length, 1);
    const call = callbackFunction<typeof callback>('callback')(callback, FOR_EACH.parameter(1));
    for (const [key, value] of entries) call.call(thisArg, value, key, this);
  }

  /** Pairs of identifier and dictionary. */
  declare [Symbol.iterator]: () => MapIterator<[string, RTCStats]>;

  static {
    defineInterface(this, { length: 0 });
    // Web IDL: a maplike's iterator is its `entries`, one and the same function.
    Object.defineProperty(this.prototype, Symbol.iterator, {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- the function itself is meant
      value: this.prototype.entries,
      writable: true,
      enumerable: false,
      configurable: true,
    });
    createStatsReport = (stats) => new RTCStatsReport(internal, Array.from(stats, hideUnknownAddress));
  }
}
