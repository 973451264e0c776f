import type { NativeCertificate } from '../native';
import { defineInterface, internal, requireInternal } from '../webidl';

/** A certificate's fingerprint: hash function (`sha-256`) and value (hexadecimal bytes, colons between them). */
export interface RTCDtlsFingerprint {
  /** The hash function, as in `sha-256`. */
  algorithm?: string;
  /** The fingerprint: bytes in hexadecimal, with colons between. */
  value?: string;
}

/** Makes a certificate of its native handle; not part of the public interface. */
export let createCertificate: (native: NativeCertificate) => RTCCertificate;
/** A certificate's native handle; not part of the public interface. */
export let nativeCertificateOf: (certificate: RTCCertificate) => NativeCertificate;
/** Brand check. */
export let isCertificate: (value: object) => boolean;

/**
 * A certificate for DTLS with its private key. `RTCPeerConnection.generateCertificate` makes it.
 *
 * Implements webrtc-pc, section 4.9.2 (RTCCertificate interface).
 */
export class RTCCertificate {
  readonly #native: NativeCertificate;

  private constructor(key: symbol, native: NativeCertificate) {
    requireInternal(key);
    this.#native = native;
  }

  /** When the certificate expires, in milliseconds since the epoch. */
  get expires(): number {
    return this.#native.expires;
  }

  /** The certificate's fingerprints, one of them with the hash function of its signature. */
  getFingerprints(): RTCDtlsFingerprint[] {
    return this.#native.fingerprints.map(({ algorithm, value }) => ({ algorithm, value: value.toLowerCase() }));
  }

  static {
    defineInterface(this, { length: 0 });
    createCertificate = (native) => new RTCCertificate(internal, native);
    nativeCertificateOf = (certificate) => certificate.#native;
    isCertificate = (value) => #native in value;
  }
}
