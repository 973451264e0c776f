/** `RTCConfiguration`: its dictionaries, and the checks that "set a configuration" makes. */
import { Buffer } from 'node:buffer';
import type { NativeConfiguration, NativeIceServer } from '../native';
import {
  boolean,
  dictionary,
  DOMString,
  enforceRange,
  enumeration,
  interfaceType,
  isIterable,
  sequence,
  union,
  USVString,
  type Dictionary,
} from '../webidl';
import { parseIceServerUrl } from './ice_server_url';
import { copyNodeSettings, nodeSettings, nodeSettingsEqual, toNativeNodeSettings } from './node_settings';
import type { RTCNodeSettings } from './node_settings';
import { isCertificate, nativeCertificateOf, type RTCCertificate } from './RTCCertificate';

/** Which candidates may be used. */
export type RTCIceTransportPolicy = 'relay' | 'all';
/** How media sections share transports when the peer cannot bundle. */
export type RTCBundlePolicy = 'balanced' | 'max-compat' | 'max-bundle';
/** Whether RTCP must share a transport with RTP. */
export type RTCRtcpMuxPolicy = 'require';

/** A STUN or TURN server. */
export interface RTCIceServer {
  /**
   * `stun:`, `stuns:`, `turn:` or `turns:` URLs (RFC 7064, RFC 7065). `turns:` is TURN over TLS; `stuns:` servers are
   * asked over plain UDP as `stun:` servers are, because libwebrtc has no STUN over TLS.
   */
  urls: string | string[];
  /** TURN user name, at most 509 bytes. */
  username?: string;
  /** TURN password. */
  credential?: string;
}

/** How a connection is set up. Implements webrtc-pc, section 4.2.1 (RTCConfiguration dictionary). */
export interface RTCConfiguration {
  /** STUN and TURN servers; none by default. */
  iceServers?: RTCIceServer[];
  /** `relay` uses nothing but TURN servers; `all` by default. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** `balanced` by default. */
  bundlePolicy?: RTCBundlePolicy;
  /** `require`, the only policy there is. */
  rtcpMuxPolicy?: RTCRtcpMuxPolicy;
  /** Certificates to authenticate with; one is generated when there is none. */
  certificates?: RTCCertificate[];
  /** Number of candidate pools gathered ahead of need, 0 to 255; 0 by default. */
  iceCandidatePoolSize?: number;
  /** The peer's expected identity. */
  peerIdentity?: string;
  /** That `createEncodedStreams()` is going to be called (Chromium's); it cannot be changed later, and changes nothing here. */
  encodedInsertableStreams?: boolean;
  /** Settings outside the specification. */
  node?: RTCNodeSettings;
}

/** {@link RTCIceServer} after conversion. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** {@link RTCConfiguration} after conversion and checks; `urls` are always arrays then. */
export interface Configuration {
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  bundlePolicy: RTCBundlePolicy;
  rtcpMuxPolicy: RTCRtcpMuxPolicy | 'negotiate';
  certificates: RTCCertificate[];
  iceCandidatePoolSize: number;
  encodedInsertableStreams: boolean;
  peerIdentity?: string;
  node?: RTCNodeSettings;
}

/** Converts a value to `RTCIceServer`. */
export const iceServer: Dictionary<IceServer> = dictionary<IceServer>('RTCIceServer', {
  urls: {
    required: true,
    type: union<string | string[]>('(USVString or sequence<USVString>)', (value) =>
      isIterable(value) ? sequence(USVString) : USVString,
    ),
  },
  username: { type: DOMString },
  credential: { type: DOMString },
});

/** `RTCIceTransportPolicy`. */
export const iceTransportPolicy = enumeration('RTCIceTransportPolicy', ['relay', 'all']);

/** Converts a value to `RTCConfiguration`; values are converted but not yet checked. */
export const configurationDictionary: Dictionary<Configuration> = dictionary<Configuration>('RTCConfiguration', {
  iceServers: { type: sequence(iceServer), default: () => [] },
  iceTransportPolicy: { type: iceTransportPolicy, default: 'all' },
  bundlePolicy: { type: enumeration('RTCBundlePolicy', ['balanced', 'max-compat', 'max-bundle']), default: 'balanced' },
  // Earlier versions of the specification had `negotiate`. It converts, so that it can be refused by name.
  rtcpMuxPolicy: { type: enumeration('RTCRtcpMuxPolicy', ['require', 'negotiate']), default: 'require' },
  certificates: { type: sequence(interfaceType<RTCCertificate>('RTCCertificate', isCertificate)), default: () => [] },
  iceCandidatePoolSize: { type: enforceRange.octet, default: 0 },
  peerIdentity: { type: DOMString },
  encodedInsertableStreams: { type: boolean, default: false },
  node: { type: nodeSettings },
});

function fail(name: string, context: string, message: string): never {
  throw new DOMException(`${context}: ${message}`, name);
}

/** STUN's limit on a user name (RFC 8489, section 14.3). */
const MAX_USERNAME_BYTES = 509;

/**
 * How many pools are gathered at most. The size is a hint (RFC 9429, section 3.5.4); a pool serves one transport, each
 * takes several sockets of every network interface, and hundreds of them would keep the network thread busy for
 * seconds.
 */
const MAX_POOL_SIZE = 16;

/** The steps for each server of "set a configuration"; `urls` becomes an array. */
function validateIceServer(server: IceServer, context: string): IceServer {
  // If server.urls is a string, let server.urls be a list consisting of just that string.
  const urls = typeof server.urls === 'string' ? [server.urls] : server.urls;
  // If server.urls is empty, throw a SyntaxError.
  if (urls.length === 0) fail('SyntaxError', context, 'an ICE server has no URL.');
  for (const url of urls) {
    const parsed = parseIceServerUrl(url);
    if (parsed === null) fail('SyntaxError', context, `'${url}' is not a valid STUN or TURN URL.`);
    if (parsed.scheme === 'turn' || parsed.scheme === 'turns') {
      // If either of username or credential are omitted, then throw an InvalidAccessError.
      if (server.username === undefined || server.credential === undefined) {
        fail('InvalidAccessError', context, `'${url}' needs both username and credential.`);
      }
      if (Buffer.byteLength(server.username) > MAX_USERNAME_BYTES) {
        fail('InvalidAccessError', context, `the user name for '${url}' is longer than ${MAX_USERNAME_BYTES} bytes.`);
      }
    }
  }
  return { ...server, urls };
}

/**
 * Checks a configuration, also against the one it replaces, and returns it in the form that `getConfiguration` shows.
 * Nothing is applied.
 *
 * Implements webrtc-pc, section 4.4.1.1 (constructor, steps on certificates) and 4.4.1.6 (set a configuration).
 *
 * @param applied whether a local description has been set already
 * @throws InvalidAccessError for an expired certificate or missing credentials, InvalidModificationError for what
 *   cannot change any more, NotSupportedError for `rtcpMuxPolicy: 'negotiate'`, SyntaxError for a malformed URL
 */
export function validateConfiguration(
  configuration: Configuration,
  old: Configuration | null,
  applied: boolean,
  context: string,
): Configuration {
  if (old === null) {
    // If the certificates value in configuration is non-empty, check that none of them has expired.
    if (configuration.certificates.some((certificate) => certificate.expires <= Date.now())) {
      fail('InvalidAccessError', context, 'a certificate has expired.');
    }
    if (configuration.rtcpMuxPolicy === 'negotiate') {
      fail('NotSupportedError', context, "rtcpMuxPolicy 'negotiate' is not supported.");
    }
  } else {
    const unchanged = (same: boolean, name: string) => {
      if (!same) fail('InvalidModificationError', context, `${name} cannot be changed.`);
    };
    unchanged(
      configuration.peerIdentity === undefined || configuration.peerIdentity === old.peerIdentity,
      'peerIdentity',
    );
    unchanged(
      configuration.certificates.length === old.certificates.length &&
        configuration.certificates.every((certificate, index) => certificate === old.certificates[index]),
      'certificates',
    );
    unchanged(configuration.bundlePolicy === old.bundlePolicy, 'bundlePolicy');
    unchanged(configuration.rtcpMuxPolicy === old.rtcpMuxPolicy, 'rtcpMuxPolicy');
    unchanged(
      !applied || configuration.iceCandidatePoolSize === old.iceCandidatePoolSize,
      'iceCandidatePoolSize, after setLocalDescription,',
    );
    // An absent one leaves it as it is.
    unchanged(!configuration.encodedInsertableStreams || old.encodedInsertableStreams, 'encodedInsertableStreams');
    unchanged(configuration.node === undefined || nodeSettingsEqual(configuration.node, old.node), 'node');
  }
  return {
    ...configuration,
    iceServers: configuration.iceServers.map((server) => validateIceServer(server, context)),
    encodedInsertableStreams: old?.encodedInsertableStreams ?? configuration.encodedInsertableStreams,
    ...(old?.peerIdentity === undefined ? {} : { peerIdentity: old.peerIdentity }),
    ...(old?.node === undefined ? {} : { node: old.node }),
  };
}

/** A copy that scripts may keep and change. */
export function copyConfiguration(configuration: Configuration): RTCConfiguration {
  const { bundlePolicy, certificates, iceCandidatePoolSize, iceServers, iceTransportPolicy } = configuration;
  return {
    bundlePolicy,
    certificates: [...certificates],
    ...(configuration.encodedInsertableStreams ? { encodedInsertableStreams: true } : {}),
    iceCandidatePoolSize,
    iceServers: iceServers.map((server) => ({ ...server, urls: [server.urls].flat() })),
    iceTransportPolicy,
    ...(configuration.node === undefined ? {} : { node: copyNodeSettings(configuration.node) }),
    ...(configuration.peerIdentity === undefined ? {} : { peerIdentity: configuration.peerIdentity }),
    rtcpMuxPolicy: 'require',
  };
}

/** Whether some server of the configuration is reached over TLS. */
export function needsRootCertificates(configuration: Configuration): boolean {
  return configuration.iceServers.some((server) => [server.urls].flat().some((url) => /^turns:/i.test(url)));
}

/** The configuration for the addon. */
export function toNativeConfiguration(configuration: Configuration): NativeConfiguration {
  return {
    iceServers: configuration.iceServers.flatMap(toNativeIceServer),
    iceTransportPolicy: configuration.iceTransportPolicy,
    bundlePolicy: configuration.bundlePolicy,
    rtcpMuxPolicy: 'require',
    iceCandidatePoolSize: Math.min(configuration.iceCandidatePoolSize, MAX_POOL_SIZE),
    certificates: configuration.certificates.map(nativeCertificateOf),
    alwaysNegotiateDataChannels: false,
    node: toNativeNodeSettings(configuration.node ?? {}),
  };
}

function toNativeIceServer(server: IceServer): NativeIceServer[] {
  const { username = '', credential = '' } = server;
  // Empty TURN credentials are allowed and can never be accepted by a server; libwebrtc would refuse them at once.
  const usable = [server.urls].flat().filter((url) => /^stun/i.test(url) || (username !== '' && credential !== ''));
  // libwebrtc takes schemes and the transport in lower case only.
  const urls = usable.map((url) => url.replace(/^[^:]*|\?.*$/g, (part) => part.toLowerCase()));
  return urls.length === 0 ? [] : [{ urls, username, password: credential }];
}
