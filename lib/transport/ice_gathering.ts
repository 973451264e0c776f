/** `RTCIceGatherOptions`: with what an ICE transport of its own gathers. */
import {
  configurationDictionary,
  iceServer,
  iceTransportPolicy,
  needsRootCertificates,
  toNativeConfiguration,
  validateConfiguration,
  type IceServer,
  type RTCIceServer,
  type RTCIceTransportPolicy,
} from '../peerconnection/configuration';
import type { NativeConfiguration } from '../native';
import { nodeSettings, type RTCNodeSettings } from '../peerconnection/node_settings';
import { provideRootCertificates } from '../peerconnection/root_certificates';
import { dictionary, sequence, type Dictionary } from '../webidl';

/** What {@link RTCIceTransport.gather} takes. Implements webrtc-ice, section 3 (RTCIceGatherOptions). */
export interface RTCIceGatherOptions {
  /** `relay` uses nothing but TURN servers; `all` by default. */
  gatherPolicy?: RTCIceTransportPolicy;
  /** STUN and TURN servers; none by default. */
  iceServers?: RTCIceServer[];
  /** Settings outside the specification. */
  node?: RTCNodeSettings;
}

interface ConvertedIceGatherOptions {
  gatherPolicy: RTCIceTransportPolicy;
  iceServers?: IceServer[];
  node?: RTCNodeSettings;
}

/** Converts a value to `RTCIceGatherOptions`. */
export const iceGatherOptions: Dictionary<ConvertedIceGatherOptions> = dictionary<ConvertedIceGatherOptions>(
  'RTCIceGatherOptions',
  {
    gatherPolicy: { type: iceTransportPolicy, default: 'all' },
    iceServers: { type: sequence(iceServer) },
    node: { type: nodeSettings },
  },
);

/**
 * The configuration of a connection that would gather so, for the addon.
 *
 * @throws DOMException `SyntaxError` for a malformed URL, `InvalidAccessError` for missing credentials
 */
export function gatheringConfiguration(options: ConvertedIceGatherOptions, context: string): NativeConfiguration {
  const { gatherPolicy, iceServers = [], node } = options;
  const configuration = validateConfiguration(
    {
      ...configurationDictionary({}, context),
      iceServers,
      iceTransportPolicy: gatherPolicy,
      ...(node === undefined ? {} : { node }),
    },
    null,
    false,
    context,
  );
  if (needsRootCertificates(configuration)) provideRootCertificates();
  return toNativeConfiguration(configuration);
}
