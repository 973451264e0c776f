/**
 * The identities of a connection: that which it asserts, and that of its peer. Implements Identity for WebRTC, sections
 * 7 (Requesting Identity Assertions), 8 (Verifying Identity Assertions) and the slots behind section 10.
 */
import type { RTCDtlsFingerprint } from '../peerconnection/RTCCertificate';
import { coversFingerprints, decodeAssertion, encodeAssertion, identityOf, makeContents } from './assertion';
import { isSameIdentity, speaksFor, type IdentityProvider, type IdentityProviderOptions } from './identity_provider';
import { askProvider, idpErrorDetails } from './idp_proxy';
import { RTCIdentityAssertion } from './RTCIdentityAssertion';

/** What the connection does for its identities. */
export interface IdentityOwner {
  /** Fingerprints of the certificate that the connection authenticates itself with. */
  fingerprints(): Promise<RTCDtlsFingerprint[]>;
  /** Something is on its way that the process waits for; the result says that it is there. */
  owe(): () => void;
}

function operationError(message: string, cause?: unknown): DOMException {
  const options = { name: 'OperationError', ...(cause === undefined ? {} : { cause }) };
  return new DOMException(message, options as unknown as string);
}

/** Errors that say that the peer is somebody else than the connection is for: it must be closed. */
const mismatches = new WeakSet<DOMException>();

/** A promise with its two ends. Its rejection is no error of the process, whether or not anybody listens. */
class Settleable<T> {
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    this.promise.catch(() => undefined);
  }
}

/** The origin that scripts act for: that of the environment where it has one, as pages and workers have. */
function currentOrigin(): string {
  const { origin } = globalThis as { origin?: unknown };
  return typeof origin === 'string' ? origin : 'null';
}

export class ConnectionIdentity {
  readonly #owner: IdentityOwner;
  #closed = false;
  /** Ends what providers are asked, when the connection is closed; there once one is asked. */
  #asking: AbortController | null = null;
  #provider: (IdentityProvider & { options: IdentityProviderOptions }) | null = null;
  /** The assertion that has been asked for last, with the provider as it is now. */
  #assertion: Promise<string> | null = null;
  /** "Target peer identity". */
  #target: string | null;
  #peer = new Settleable<RTCIdentityAssertion>();
  #validation: Promise<unknown> = Promise.resolve();

  /** `idpLoginUrl` */
  loginUrl: string | null = null;
  /** `idpErrorInfo` */
  errorInfo: string | null = null;

  /** @param target `RTCConfiguration.peerIdentity` */
  constructor(owner: IdentityOwner, target: string | undefined) {
    this.#owner = owner;
    this.#target = target ?? null;
  }

  /** `peerIdentity` */
  get peerIdentity(): Promise<RTCIdentityAssertion> {
    return this.#peer.promise;
  }

  close(): void {
    this.#closed = true;
    this.#abort();
  }

  #abort(): void {
    this.#asking?.abort(new DOMException('The connection has been closed.', 'InvalidStateError'));
  }

  /** Aborted when the connection is closed. Most connections ask nobody, and need none. */
  #whileOpen(): AbortSignal {
    if (this.#asking === null) {
      this.#asking = new AbortController();
      if (this.#closed) this.#abort();
    }
    return this.#asking.signal;
  }

  /** "Set the current identity provider values"; what has been asserted by others is discarded. */
  setProvider(domain: string, options: IdentityProviderOptions): void {
    const provider = { domain, protocol: options.protocol, options };
    if (JSON.stringify(provider) === JSON.stringify(this.#provider)) return;
    this.#provider = provider;
    this.#assertion = null;
  }

  /** Whether offers and answers have an identity. */
  get hasProvider(): boolean {
    return this.#provider !== null;
  }

  /**
   * "Request an identity assertion".
   *
   * @throws RTCError when the provider has failed; DOMException `OperationError` for a result of another shape,
   *   `InvalidStateError` without a provider
   */
  requestAssertion(): Promise<string> {
    const provider = this.#provider;
    if (provider === null) {
      return Promise.reject(new DOMException('No identity provider has been set.', 'InvalidStateError'));
    }
    const requested = (this.#assertion ??= this.#generate(provider));
    requested.catch(() => {
      // The next request asks again.
      if (this.#assertion === requested) this.#assertion = null;
    });
    return requested;
  }

  /** {@link requestAssertion} for an offer or an answer, whose creation fails with a new `OperationError`. */
  async assertionForDescription(): Promise<string> {
    try {
      return await this.requestAssertion();
    } catch (error) {
      throw operationError(error instanceof Error ? error.message : 'There is no identity assertion', error);
    }
  }

  async #generate({ options, ...provider }: IdentityProvider & { options: IdentityProviderOptions }): Promise<string> {
    const given = this.#owner.owe();
    try {
      const contents = makeContents(await this.#unlessClosed(this.#owner.fingerprints()));
      // The peer that the connection is for, unless the options name another one.
      const asked = this.#target === null ? options : { peerIdentity: this.#target, ...options };
      const args: [string, string, IdentityProviderOptions] = [contents, currentOrigin(), asked];
      const result = await askProvider(provider, { name: 'generateAssertion', args }, this.#whileOpen());
      const { idp, assertion } = result as unknown as { idp: IdentityProvider; assertion: string };
      return encodeAssertion({ idp, assertion });
    } catch (error) {
      this.#tell(error);
      throw error;
    } finally {
      given();
    }
  }

  async #unlessClosed<T>(promise: Promise<T>): Promise<T> {
    const signal = this.#whileOpen();
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  /** `idpErrorInfo` and `idpLoginUrl` are those of the last failure. */
  #tell(error: unknown): void {
    const { idpErrorInfo, idpLoginUrl } = idpErrorDetails(error);
    this.errorInfo = idpErrorInfo;
    this.loginUrl = idpLoginUrl;
  }

  /**
   * What a remote description has to wait for before it is applied: its identity, where the connection is for a certain
   * peer; `null` where it is for anybody.
   */
  required(sdp: string): Promise<void> | null {
    return this.#target === null ? null : this.#validate(sdp);
  }

  /** A remote description has been applied that nothing had to wait for: its identity is validated now. */
  applied(sdp: string): void {
    if (this.#target !== null || identityOf(sdp) === null) return;
    this.#validate(sdp).catch(() => undefined);
  }

  /** Whether an error means that the connection must be closed. */
  static mustClose(error: unknown): boolean {
    return error instanceof DOMException && mismatches.has(error);
  }

  /** One validation at a time; peerIdentity follows it. */
  #validate(sdp: string): Promise<void> {
    const given = this.#owner.owe();
    const before = this.#validation;
    const validation = (async () => {
      await before;
      const { idp, name } = await this.#identify(sdp);
      if (this.#closed) return;
      this.#target ??= name;
      this.#peer.resolve(new RTCIdentityAssertion(idp, name));
    })();
    this.#validation = validation
      .catch((error: unknown) => {
        if (this.#closed) return;
        this.#tell(error);
        this.#peer.reject(error);
        // A later description may still say who the peer is.
        if (this.#target === null) this.#peer = new Settleable();
      })
      .finally(given);
    return validation;
  }

  async #identify(sdp: string): Promise<{ idp: string; name: string }> {
    const value = identityOf(sdp);
    if (value === null) throw operationError('The description does not say who the peer is.');
    const decoded = decodeAssertion(value);
    if (decoded === null) throw operationError('The identity assertion of the description is malformed.');
    const { idp, assertion } = decoded;
    const args: [string, string] = [assertion, currentOrigin()];
    const result = await askProvider(idp, { name: 'validateAssertion', args }, this.#whileOpen());
    const { identity, contents } = result as { identity: string; contents: string };
    if (!coversFingerprints(contents, sdp)) {
      throw operationError('The identity provider has not vouched for the certificate of the description.');
    }
    if (!speaksFor(idp.domain, identity)) {
      throw operationError(`The identity provider ${idp.domain} does not speak for '${identity}'.`);
    }
    if (this.#target !== null && !isSameIdentity(this.#target, identity)) {
      const error = operationError(`The peer is '${identity}', and the connection is for '${this.#target}'.`);
      mismatches.add(error);
      throw error;
    }
    return { idp: idp.domain, name: identity };
  }
}
