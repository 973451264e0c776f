import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  enumeration,
  long,
  unsignedLong,
} from '../webidl';

/** What went wrong, in WebRTC's own terms (WebRTC, section 11.2). */
export type RTCErrorDetailType =
  | 'data-channel-failure'
  | 'dtls-failure'
  | 'fingerprint-failure'
  | 'hardware-encoder-error'
  | 'hardware-encoder-not-available'
  | 'sctp-failure'
  | 'sdp-syntax-error';

/** What went wrong with an identity provider (Identity for WebRTC, section 9). */
export type RTCErrorDetailTypeIdp =
  | 'idp-bad-script-failure'
  | 'idp-execution-failure'
  | 'idp-load-failure'
  | 'idp-need-login'
  | 'idp-timeout'
  | 'idp-tls-failure'
  | 'idp-token-expired'
  | 'idp-token-invalid';

/** Argument of the constructor of {@link RTCError} (WebRTC, section 11.4.1). */
export interface RTCErrorInit {
  /** Which kind of error it is. */
  errorDetail: RTCErrorDetailType | RTCErrorDetailTypeIdp;
  /** Line of the description at fault, from 1. */
  sdpLineNumber?: number;
  /** The SCTP cause code. */
  sctpCauseCode?: number;
  /** The DTLS alert that the remote peer has sent. */
  receivedAlert?: number;
  /** The DTLS alert that was sent. */
  sentAlert?: number;
  /** The status with which an identity provider has answered. */
  httpRequestStatusCode?: number;
}

const rtcErrorDetailType = enumeration('RTCErrorDetailType', [
  'data-channel-failure',
  'dtls-failure',
  'fingerprint-failure',
  'sctp-failure',
  'sdp-syntax-error',
  'hardware-encoder-not-available',
  'hardware-encoder-error',
  'idp-bad-script-failure',
  'idp-execution-failure',
  'idp-load-failure',
  'idp-need-login',
  'idp-timeout',
  'idp-tls-failure',
  'idp-token-expired',
  'idp-token-invalid',
]);

const rtcErrorInit = dictionary<RTCErrorInit>('RTCErrorInit', {
  errorDetail: { type: rtcErrorDetailType, required: true },
  httpRequestStatusCode: { type: long },
  receivedAlert: { type: unsignedLong },
  sctpCauseCode: { type: long },
  sdpLineNumber: { type: long },
  sentAlert: { type: unsignedLong },
});

/** Brand check for {@link RTCError}. */
export let isRTCError: (value: object) => boolean;

const constructing = constructorOperation('RTCError');

/**
 * A `DOMException` of the name `OperationError` that also says what failed in WebRTC's own terms.
 *
 * Implements WebRTC, section 11.4 (RTCError interface).
 */
export class RTCError extends DOMException {
  readonly #errorDetail: RTCErrorDetailType | RTCErrorDetailTypeIdp;
  readonly #sdpLineNumber: number | null;
  readonly #sctpCauseCode: number | null;
  readonly #receivedAlert: number | null;
  readonly #sentAlert: number | null;
  readonly #httpRequestStatusCode: number | null;

  /**
   * @param init - the details; `errorDetail` is required.
   * @param message - the exception's message.
   * @throws TypeError when `errorDetail` is missing or unknown.
   */
  constructor(init: RTCErrorInit, message = '') {
    constructing.requireArguments(arguments.length, 1);
    const details = rtcErrorInit(init, constructing.parameter(1));
    super(DOMString(message, constructing.parameter(2)), 'OperationError');
    this.#errorDetail = details.errorDetail;
    this.#sdpLineNumber = details.sdpLineNumber ?? null;
    this.#sctpCauseCode = details.sctpCauseCode ?? null;
    this.#receivedAlert = details.receivedAlert ?? null;
    this.#sentAlert = details.sentAlert ?? null;
    this.#httpRequestStatusCode = details.httpRequestStatusCode ?? null;
  }

  /**
   * What kind of failure it was. The DOM library's type has none of the details of identity providers
   * ({@link RTCErrorDetailTypeIdp}), and this one is the same, so that an error fits where browser code wants one.
   */
  get errorDetail(): RTCErrorDetailType {
    return this.#errorDetail as RTCErrorDetailType;
  }

  /** Line of the SDP at fault, from 1, where `errorDetail` is `sdp-syntax-error` and the line is known; or `null`. */
  get sdpLineNumber(): number | null {
    return this.#sdpLineNumber;
  }

  /** SCTP's cause code (RFC 4960, section 3.3.10), where `errorDetail` is `sctp-failure` and there is one; or `null`. */
  get sctpCauseCode(): number | null {
    return this.#sctpCauseCode;
  }

  /** The fatal DTLS alert that the remote peer sent, where `errorDetail` is `dtls-failure`; or `null`. */
  get receivedAlert(): number | null {
    return this.#receivedAlert;
  }

  /** The fatal DTLS alert that was sent to the remote peer, where `errorDetail` is `dtls-failure`; or `null`. */
  get sentAlert(): number | null {
    return this.#sentAlert;
  }

  /** The status that the server of the identity provider answered with, where `errorDetail` is `idp-load-failure`. */
  get httpRequestStatusCode(): number | null {
    return this.#httpRequestStatusCode;
  }

  static {
    defineInterface(this, { length: 1 });
    isRTCError = (value) => #errorDetail in value;
  }
}
