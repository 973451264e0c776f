import type { NativeIceCandidate } from '../native';
import {
  constructorOperation,
  defineInterface,
  dictionary,
  DOMString,
  enumeration,
  nullable,
  unsignedShort,
  USVString,
  type Dictionary,
} from '../webidl';
import { parseCandidateAttribute, type CandidateAttribute } from './candidate_attribute';

/** Component of an ICE candidate; with rtcp-mux always `rtp`. */
export type RTCIceComponent = 'rtp' | 'rtcp';
/** Transport protocol of an ICE candidate. */
export type RTCIceProtocol = 'udp' | 'tcp';
/** Kind of a TCP candidate (RFC 6544). */
export type RTCIceTcpCandidateType = 'active' | 'passive' | 'so';
/** Kind of an ICE candidate: of the host, seen by a STUN server, seen by the peer, or on a TURN server. */
export type RTCIceCandidateType = 'host' | 'srflx' | 'prflx' | 'relay';
/** Protocol between this end and its TURN server. */
export type RTCIceServerTransportProtocol = 'udp' | 'tcp' | 'tls';

/** An ICE candidate as it is signalled. */
export interface RTCIceCandidateInit {
  /** The candidate attribute (`candidate:…`); empty to say that no more candidates follow. */
  candidate?: string;
  /** Name of the media section. */
  sdpMid?: string | null;
  /** Index of the media section, from 0. */
  sdpMLineIndex?: number | null;
  /** The generation of credentials that it belongs to. */
  usernameFragment?: string | null;
}

/** An ICE candidate of this end, with what is not signalled. */
export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
  /** How the TURN server is spoken to. */
  relayProtocol?: RTCIceServerTransportProtocol | null;
  /** The server that gave it. */
  url?: string | null;
}

/** {@link RTCIceCandidateInit} after conversion. */
export interface IceCandidateInit {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  usernameFragment: string | null;
}

interface LocalIceCandidateInit extends IceCandidateInit {
  relayProtocol: RTCIceServerTransportProtocol | null;
  url: string | null;
}

/** Converts a value to `RTCIceCandidateInit`. */
export const iceCandidateInit: Dictionary<IceCandidateInit> = dictionary<IceCandidateInit>('RTCIceCandidateInit', {
  candidate: { type: DOMString, default: '' },
  sdpMid: { type: nullable(DOMString), default: null },
  sdpMLineIndex: { type: nullable(unsignedShort), default: null },
  usernameFragment: { type: nullable(DOMString), default: null },
});

const localIceCandidateInit: Dictionary<LocalIceCandidateInit> = dictionary<LocalIceCandidateInit, IceCandidateInit>(
  'RTCLocalIceCandidateInit',
  {
    relayProtocol: {
      type: nullable(enumeration('RTCIceServerTransportProtocol', ['udp', 'tcp', 'tls'])),
      default: null,
    },
    url: { type: nullable(USVString), default: null },
  },
  iceCandidateInit,
);

const CONSTRUCT = constructorOperation('RTCIceCandidate');

/** Brand check. */
export let isIceCandidate: (value: object) => value is RTCIceCandidate;

/**
 * An ICE candidate. The attributes parsed from the candidate line are all `null` when it is empty or malformed.
 *
 * Implements webrtc-pc, section 4.8.1 (RTCIceCandidate interface).
 */
export class RTCIceCandidate {
  readonly #init: LocalIceCandidateInit;
  /** Parsed when first asked for; most candidates are only handed on. */
  #parsed: CandidateAttribute | null | undefined;

  /**
   * @param candidateInitDict the candidate line and the media section it is for
   * @throws TypeError when both `sdpMid` and `sdpMLineIndex` are `null`
   */
  constructor(candidateInitDict: RTCLocalIceCandidateInit = {}) {
    const init = localIceCandidateInit(candidateInitDict, CONSTRUCT.parameter(1));
    // 1. If both the sdpMid and sdpMLineIndex members are null, throw a TypeError.
    if (init.sdpMid === null && init.sdpMLineIndex === null) {
      throw new TypeError(`${CONSTRUCT.prefix}: sdpMid and sdpMLineIndex are both null.`);
    }
    // 2. Return the result of creating an RTCIceCandidate with candidateInitDict.
    this.#init = init;
  }

  get #attribute(): CandidateAttribute | null {
    if (this.#parsed === undefined) this.#parsed = parseCandidateAttribute(this.#init.candidate);
    return this.#parsed;
  }

  /** The candidate attribute (`candidate:…`, RFC 8839, section 5.1); empty at the end of candidates. */
  get candidate(): string {
    return this.#init.candidate;
  }

  /** Identification tag of the media section that the candidate is for. */
  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }

  /** Index (from 0) of the media section that the candidate is for. */
  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }

  /** Token that is equal for candidates of the same type, base and server. */
  get foundation(): string | null {
    return this.#attribute?.foundation ?? null;
  }

  /** `rtp`, or `rtcp` where the two are not multiplexed. */
  get component(): RTCIceComponent | null {
    return this.#attribute?.component ?? null;
  }

  /** Priority, from 0 to 2^32 - 1; higher is preferred. */
  get priority(): number | null {
    return this.#attribute?.priority ?? null;
  }

  /** IP address or host name (`….local` from browsers). */
  get address(): string | null {
    return this.#attribute?.address ?? null;
  }

  /** Transport protocol. */
  get protocol(): RTCIceProtocol | null {
    return this.#attribute?.protocol ?? null;
  }

  /** Port, 0 to 65,535. */
  get port(): number | null {
    return this.#attribute?.port ?? null;
  }

  /** Kind of candidate. */
  get type(): RTCIceCandidateType | null {
    return this.#attribute?.type ?? null;
  }

  /** Kind of TCP candidate; `null` when `protocol` is not `tcp`. */
  get tcpType(): RTCIceTcpCandidateType | null {
    return this.#attribute?.tcpType ?? null;
  }

  /** Address that the candidate is derived from; `null` for host candidates. */
  get relatedAddress(): string | null {
    return this.#attribute?.relatedAddress ?? null;
  }

  /** Port that the candidate is derived from; `null` for host candidates. */
  get relatedPort(): number | null {
    return this.#attribute?.relatedPort ?? null;
  }

  /** User name fragment of the ICE generation that the candidate belongs to. */
  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }

  /** For a local relay candidate, the protocol to the TURN server. */
  get relayProtocol(): RTCIceServerTransportProtocol | null {
    return this.#init.relayProtocol;
  }

  /** For a local candidate from a server, the server's URL. */
  get url(): string | null {
    return this.#init.url;
  }

  /** The candidate as a plain object, for signalling. */
  toJSON(): IceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this.#init;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }

  static {
    defineInterface(this, { length: 0 });
    isIceCandidate = (value): value is RTCIceCandidate => #init in value;
  }
}

/** Makes the object for a candidate that libwebrtc reports. */
export function createIceCandidate(native: NativeIceCandidate): RTCIceCandidate {
  return new RTCIceCandidate({
    candidate: native.candidate,
    sdpMid: native.sdpMid,
    sdpMLineIndex: native.sdpMLineIndex >= 0 ? native.sdpMLineIndex : null,
    usernameFragment: native.usernameFragment === '' ? null : native.usernameFragment,
    relayProtocol: native.relayProtocol === '' ? null : (native.relayProtocol as RTCIceServerTransportProtocol),
    url: native.url === '' ? null : native.url,
  });
}
