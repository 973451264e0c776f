import type { RTCConfiguration } from '../peerconnection/configuration';
import type { RTCNodeSettings, RTCPortRange } from '../peerconnection/node_settings';
import { RTCPeerConnection as StandardPeerConnection } from '../peerconnection/RTCPeerConnection';
import { RTCPeerConnectionIceEvent } from '../peerconnection/RTCPeerConnectionIceEvent';

/** `RTCConfiguration` with the two members that `wrtc` adds. */
export interface WrtcConfiguration extends RTCConfiguration {
  /** Ports that local candidates are taken from: `min` is 0 and `max` 65,535 where absent, which leaves the choice. */
  portRange?: Partial<RTCPortRange>;
  /**
   * `'unified-plan'`, the only semantics there are. Taken from the environment variable `SDP_SEMANTICS` where absent, as
   * `wrtc` does.
   */
  sdpSemantics?: 'unified-plan' | 'plan-b';
}

const HIGHEST_PORT = 65_535;
const ANY_PORT: RTCPortRange = { min: 0, max: HIGHEST_PORT };

function checkSemantics(configuration: WrtcConfiguration): void {
  const semantics: string = configuration.sdpSemantics ?? process.env.SDP_SEMANTICS ?? '';
  if (semantics === '' || semantics === 'unified-plan') return;
  throw new TypeError(
    semantics === 'plan-b'
      ? "sdpSemantics 'plan-b' is not supported: libwebrtc has no Plan B any more"
      : `Invalid sdpSemantics: '${semantics}'`,
  );
}

/** `portRange` as this library has it; `undefined` where every port will do. */
function portRangeOf({ portRange }: WrtcConfiguration): RTCPortRange | undefined {
  const { min = 0, max = HIGHEST_PORT } = portRange ?? {};
  return (min === 0 && max === HIGHEST_PORT) || (min === 0 && max === 0) ? undefined : { min, max };
}

/**
 * A connection as `wrtc` and `@roamhq/wrtc` have it: the standard's, with `portRange` and `sdpSemantics` in its
 * configuration, candidates of loopback interfaces, and no empty candidate at the end of gathering, only `null`.
 */
export class RTCPeerConnection extends StandardPeerConnection {
  /**
   * @param configuration the standard's, `portRange` and `sdpSemantics`
   * @throws TypeError when a member does not convert, and for `sdpSemantics: 'plan-b'`
   * @throws DOMException as the standard's constructor
   */
  constructor(configuration: WrtcConfiguration = {}) {
    checkSemantics(configuration);
    const portRange = portRangeOf(configuration);
    // wrtc lets no kind of network interface out.
    const node: RTCNodeSettings = { includeLoopback: true, ...(portRange && { portRange }), ...configuration.node };
    super({ ...configuration, node });
  }

  /** The configuration, with `portRange` and `sdpSemantics`. */
  override getConfiguration(): WrtcConfiguration {
    const { node, ...standard } = super.getConfiguration();
    return { ...standard, portRange: { ...node?.portRange }, sdpSemantics: 'unified-plan' };
  }

  /**
   * @throws DOMException `InvalidModificationError` for what cannot change any more, `portRange` included
   * @throws TypeError as the constructor
   */
  override setConfiguration(configuration: WrtcConfiguration = {}): void {
    checkSemantics(configuration);
    if (configuration.portRange !== undefined) {
      const wanted = portRangeOf(configuration) ?? ANY_PORT;
      const { min, max } = { ...ANY_PORT, ...this.getConfiguration().portRange };
      if (wanted.min !== min || wanted.max !== max) {
        throw new DOMException('portRange cannot be changed', 'InvalidModificationError');
      }
    }
    super.setConfiguration(configuration);
  }

  /** Fires an event; all but the empty candidate, which programs for `wrtc` do not know. */
  override dispatchEvent(event: Event): boolean {
    if (event instanceof RTCPeerConnectionIceEvent && event.candidate?.candidate === '') return true;
    return super.dispatchEvent(event);
  }
}
