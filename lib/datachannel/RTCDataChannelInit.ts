import { USVString, boolean, dictionary, enforceRange, enumeration } from '../webidl';

/** Priority of a channel or an encoding (WebRTC Priority Control, section 3). */
export type RTCPriorityType = 'high' | 'low' | 'medium' | 'very-low';

/** Converts `RTCPriorityType`. */
export const rtcPriorityType = enumeration('RTCPriorityType', ['very-low', 'low', 'medium', 'high']);

/** Options of `RTCPeerConnection.createDataChannel()` (WebRTC, section 6.2.1; WebRTC Priority Control, section 4.2). */
export interface RTCDataChannelInit {
  /** Whether messages arrive in the order they were sent; `true` where absent. */
  ordered?: boolean;
  /** How long a message is sent and sent again, in milliseconds; excludes `maxRetransmits`. */
  maxPacketLifeTime?: number;
  /** How many times a message is sent again; excludes `maxPacketLifeTime`. */
  maxRetransmits?: number;
  /** Name of the subprotocol; at most 65,535 bytes in UTF-8. */
  protocol?: string;
  /** Whether the application makes the channel at both ends itself, with the same `id`. */
  negotiated?: boolean;
  /** Number of the SCTP stream, 0 to 65,534; only with `negotiated`. */
  id?: number;
  /** `low` where absent. */
  priority?: RTCPriorityType;
}

/** {@link RTCDataChannelInit} after conversion: what has a default is there. */
export interface ConvertedDataChannelInit {
  id?: number;
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  negotiated: boolean;
  ordered: boolean;
  priority: RTCPriorityType;
  protocol: string;
}

/** Converts `RTCDataChannelInit`. */
export const dataChannelInit = dictionary<ConvertedDataChannelInit>('RTCDataChannelInit', {
  id: { type: enforceRange.unsignedShort },
  maxPacketLifeTime: { type: enforceRange.unsignedShort },
  maxRetransmits: { type: enforceRange.unsignedShort },
  negotiated: { type: boolean, default: false },
  ordered: { type: boolean, default: true },
  priority: { type: rtcPriorityType, default: 'low' },
  protocol: { type: USVString, default: '' },
});
