/**
 * The dictionaries of RTP parameters. Implements webrtc-pc, sections 5.1 (RTCRtpTransceiverInit) and 5.2 (the
 * parameter dictionaries), WebRTC-SVC, section 4 (scalabilityMode), WebRTC Priority Control, section 4, and WebRTC
 * Extensions (adaptivePtime, scaleResolutionDownTo, header extension control).
 */
import { rtcPriorityType, type RTCPriorityType } from '../datachannel/RTCDataChannelInit';
import { isMediaStream, type MediaStream } from '../media/MediaStream';
import {
  boolean,
  dictionary,
  DOMString,
  double,
  enumeration,
  interfaceType,
  octet,
  sequence,
  unsignedLong,
  unsignedShort,
} from '../webidl';

/** Which way a transceiver's media goes. */
export type RTCRtpTransceiverDirection = 'inactive' | 'recvonly' | 'sendonly' | 'sendrecv' | 'stopped';

/**
 * What an encoder gives up when it cannot keep up (MST Content Hints, section 5). `maintain-framerate-and-resolution` is
 * taken and given, too; the DOM library's types do not know it, to which those of connections are assignable.
 */
export type RTCDegradationPreference = 'balanced' | 'maintain-framerate' | 'maintain-resolution';

/** A codec and its settings. */
export interface RTCRtpCodec {
  /** `audio/opus`, `video/VP8`, … */
  mimeType: string;
  /** In Hz. */
  clockRate: number;
  /** Audio only. */
  channels?: number;
  /** The value of the codec's `a=fmtp` line. */
  sdpFmtpLine?: string;
}

/** A codec that has been negotiated. */
export interface RTCRtpCodecParameters extends RTCRtpCodec {
  /** 0 to 127. */
  payloadType: number;
}

/** A header extension that has been negotiated. */
export interface RTCRtpHeaderExtensionParameters {
  /** Which extension it is. */
  uri: string;
  /** Its number in packets. */
  id: number;
  /** Whether it is encrypted. */
  encrypted?: boolean;
}

/** Settings of RTCP. */
export interface RTCRtcpParameters {
  /** The canonical name in reports. */
  cname?: string;
  /** Whether reports may be of reduced size. */
  reducedSize?: boolean;
}

/** What names an encoding. */
export interface RTCRtpCodingParameters {
  /** RTP stream identifier of a simulcast layer: letters and digits, at most 16. */
  rid?: string;
}

/** How one layer is encoded. */
export interface RTCRtpEncodingParameters extends RTCRtpCodingParameters {
  /** Whether it is sent; `true` where absent. */
  active?: boolean;
  /** Sends in longer packets when the network suggests it; audio only. */
  adaptivePtime?: boolean;
  /** The codec of this layer, one of the negotiated ones. */
  codec?: RTCRtpCodec;
  /** In bits per second. */
  maxBitrate?: number;
  /** In frames per second; video only. */
  maxFramerate?: number;
  /** Priority in the network; as `priority` where absent. */
  networkPriority?: RTCPriorityType;
  /** Share of the available rate; `low` where absent. */
  priority?: RTCPriorityType;
  /** `L1T3`, `L3T3_KEY`, …; video only. */
  scalabilityMode?: string;
  /** By what both dimensions are divided, at least 1; video only. */
  scaleResolutionDownBy?: number;
  /** What pictures are made to fit into, and `scaleResolutionDownBy` means nothing then; video only. */
  scaleResolutionDownTo?: RTCResolutionRestriction;
}

/** The largest size of pictures, whichever way round they are (WebRTC Extensions). */
export interface RTCResolutionRestriction {
  /** In pixels, at least 1. */
  maxWidth: number;
  /** In pixels, at least 1. */
  maxHeight: number;
}

/** What sending and receiving have in common. */
export interface RTCRtpParameters {
  /** The negotiated codecs. */
  codecs: RTCRtpCodecParameters[];
  /** The negotiated header extensions. */
  headerExtensions: RTCRtpHeaderExtensionParameters[];
  /** Of reports. */
  rtcp: RTCRtcpParameters;
}

/** What `RTCRtpSender.getParameters()` gives and `setParameters()` takes. */
export interface RTCRtpSendParameters extends RTCRtpParameters {
  /** What gives way when bandwidth or processor time is short. */
  degradationPreference?: RTCDegradationPreference;
  /** The layers of simulcast; one without it. */
  encodings: RTCRtpEncodingParameters[];
  /** Ties `setParameters()` to the `getParameters()` before it. */
  transactionId: string;
}

/** What `RTCRtpReceiver.getParameters()` gives. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a dictionary without members of its own
export interface RTCRtpReceiveParameters extends RTCRtpParameters {}

/** Options of one layer in `setParameters()`. */
export interface RTCEncodingOptions {
  /** Whether the layer begins a new group of pictures. */
  keyFrame?: boolean;
}

/** Options of `setParameters()`. */
export interface RTCSetParameterOptions {
  /** Nothing, or one for each encoding. */
  encodingOptions?: RTCEncodingOptions[];
}

/** A header extension that is supported, or that a transceiver offers. */
export interface RTCRtpHeaderExtensionCapability {
  /** Which extension it is. */
  uri: string;
  /** Which way it is used (WebRTC Extensions, header extension control). */
  direction?: RTCRtpTransceiverDirection;
}

/** What can be sent or received. */
export interface RTCRtpCapabilities {
  /** The codecs, the preferred first. */
  codecs: RTCRtpCodec[];
  /** The header extensions. */
  headerExtensions: RTCRtpHeaderExtensionCapability[];
}

/** Options of `RTCPeerConnection.addTransceiver()`. */
export interface RTCRtpTransceiverInit {
  /** `sendrecv` where absent. */
  direction?: RTCRtpTransceiverDirection;
  /** The layers to be sent; a single one where absent. */
  sendEncodings?: RTCRtpEncodingParameters[];
  /** The streams that the remote peer finds the track in. */
  streams?: MediaStream[];
}

/** {@link RTCRtpEncodingParameters} after conversion. */
export interface ConvertedEncoding extends RTCRtpEncodingParameters {
  active: boolean;
  adaptivePtime: boolean;
  priority: RTCPriorityType;
}

/** {@link RTCRtpTransceiverInit} after conversion. */
export interface ConvertedTransceiverInit {
  direction: RTCRtpTransceiverDirection;
  sendEncodings: ConvertedEncoding[];
  streams: MediaStream[];
}

/** {@link RTCRtpSendParameters} after conversion. */
export interface ConvertedSendParameters extends RTCRtpSendParameters {
  encodings: ConvertedEncoding[];
}

/** Converts `RTCRtpTransceiverDirection`. */
export const transceiverDirection = enumeration('RTCRtpTransceiverDirection', [
  'sendrecv',
  'sendonly',
  'recvonly',
  'inactive',
  'stopped',
]);

/** Converts `RTCRtpCodec`. */
export const rtpCodec = dictionary<RTCRtpCodec>('RTCRtpCodec', {
  mimeType: { type: DOMString, required: true },
  clockRate: { type: unsignedLong, required: true },
  channels: { type: unsignedShort },
  sdpFmtpLine: { type: DOMString },
});

const codingParameters = dictionary<RTCRtpCodingParameters>('RTCRtpCodingParameters', { rid: { type: DOMString } });

const encodingParameters = dictionary<ConvertedEncoding, RTCRtpCodingParameters>(
  'RTCRtpEncodingParameters',
  {
    active: { type: boolean, default: true },
    adaptivePtime: { type: boolean, default: false },
    codec: { type: rtpCodec },
    maxBitrate: { type: unsignedLong },
    maxFramerate: { type: double },
    networkPriority: { type: rtcPriorityType },
    priority: { type: rtcPriorityType, default: 'low' },
    scalabilityMode: { type: DOMString },
    scaleResolutionDownBy: { type: double },
    scaleResolutionDownTo: {
      type: dictionary<RTCResolutionRestriction>('RTCResolutionRestriction', {
        maxHeight: { type: unsignedLong, default: 0 },
        maxWidth: { type: unsignedLong, default: 0 },
      }),
    },
  },
  codingParameters,
);

/** `MediaStream` as an argument or member. */
export const mediaStreamType = interfaceType<MediaStream>('MediaStream', (value) => isMediaStream(value));

/** Converts `RTCRtpTransceiverInit`. */
export const transceiverInit = dictionary<ConvertedTransceiverInit>('RTCRtpTransceiverInit', {
  direction: { type: transceiverDirection, default: 'sendrecv' },
  sendEncodings: { type: sequence(encodingParameters), default: () => [] },
  streams: { type: sequence(mediaStreamType), default: () => [] },
});

const codecParameters = dictionary<RTCRtpCodecParameters, RTCRtpCodec>(
  'RTCRtpCodecParameters',
  { payloadType: { type: octet, required: true } },
  rtpCodec,
);

const rtpParameters = dictionary<RTCRtpParameters>('RTCRtpParameters', {
  codecs: { type: sequence(codecParameters), required: true },
  headerExtensions: {
    type: sequence(
      dictionary<RTCRtpHeaderExtensionParameters>('RTCRtpHeaderExtensionParameters', {
        encrypted: { type: boolean, default: false },
        id: { type: unsignedShort, required: true },
        uri: { type: DOMString, required: true },
      }),
    ),
    required: true,
  },
  rtcp: {
    type: dictionary<RTCRtcpParameters>('RTCRtcpParameters', {
      cname: { type: DOMString },
      reducedSize: { type: boolean },
    }),
    required: true,
  },
});

/** Converts `RTCRtpSendParameters`. */
export const sendParameters = dictionary<ConvertedSendParameters, RTCRtpParameters>(
  'RTCRtpSendParameters',
  {
    degradationPreference: {
      type: enumeration('RTCDegradationPreference', [
        'maintain-framerate',
        'maintain-resolution',
        'balanced',
        // Known to the specification and not to the type.
        'maintain-framerate-and-resolution' as RTCDegradationPreference,
      ]),
    },
    encodings: { type: sequence(encodingParameters), required: true },
    transactionId: { type: DOMString, required: true },
  },
  rtpParameters,
);

/** Converts `RTCSetParameterOptions`. */
export const setParameterOptions = dictionary<Required<RTCSetParameterOptions>>('RTCSetParameterOptions', {
  encodingOptions: {
    type: sequence(
      dictionary<RTCEncodingOptions>('RTCEncodingOptions', { keyFrame: { type: boolean, default: false } }),
    ),
    default: () => [],
  },
});

/** Converts `sequence<RTCRtpHeaderExtensionCapability>` where directions are given. */
export const headerExtensionCapabilities = sequence(
  dictionary<Required<RTCRtpHeaderExtensionCapability>>('RTCRtpHeaderExtensionCapability', {
    direction: { type: transceiverDirection, default: 'sendrecv' },
    uri: { type: DOMString, required: true },
  }),
);

/** Whether media goes out. */
export function hasSend(direction: RTCRtpTransceiverDirection | null): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

/** Whether media comes in. */
export function hasReceive(direction: RTCRtpTransceiverDirection | null): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

/** The direction with these two halves. */
export function directionOf(send: boolean, receive: boolean): Exclude<RTCRtpTransceiverDirection, 'stopped'> {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}
