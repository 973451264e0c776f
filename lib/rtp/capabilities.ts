/** What can be sent and received. Implements webrtc-pc, section 5.2 (getCapabilities). */
import { native } from '../native';
import type { NativeMediaKind, NativeRtpCapabilities } from '../native_media';
import type { RTCRtpCapabilities } from './parameters';

/** Whether a string names a kind of media. */
export function isMediaKind(kind: string): kind is NativeMediaKind {
  return kind === 'audio' || kind === 'video';
}

function publicCapabilities({ codecs, headerExtensions }: NativeRtpCapabilities): RTCRtpCapabilities {
  return {
    codecs: codecs.map(({ mimeType, clockRate, channels, sdpFmtpLine }) => ({
      mimeType,
      clockRate,
      ...(channels === undefined ? {} : { channels }),
      ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
    })),
    headerExtensions: headerExtensions.map(({ uri }) => ({ uri })),
  };
}

/** Capabilities of senders; `null` for what is no kind of media. */
export function senderCapabilities(kind: string): RTCRtpCapabilities | null {
  return isMediaKind(kind) ? publicCapabilities(native.rtpSenderCapabilities(kind)) : null;
}

/** Capabilities of receivers; `null` for what is no kind of media. */
export function receiverCapabilities(kind: string): RTCRtpCapabilities | null {
  return isMediaKind(kind) ? publicCapabilities(native.rtpReceiverCapabilities(kind)) : null;
}
