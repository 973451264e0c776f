/** `RTCRtpTransform`: what the attribute `transform` of senders and receivers takes. */
import { interfaceType, nullable } from '../webidl';
import { isScriptTransform, scriptTransformSlot, type RTCRtpScriptTransform } from './RTCRtpScriptTransform';
import { TransformAttribute, type TransformHost } from './transform_attribute';

/** Works on the encoded frames of a sender or receiver. */
export type RTCRtpTransform = RTCRtpScriptTransform;

const rtpTransform = nullable(interfaceType<RTCRtpTransform>('RTCRtpTransform', isScriptTransform));

export const transformAttribute = (host: TransformHost): TransformAttribute<RTCRtpTransform> =>
  new TransformAttribute(host, rtpTransform, scriptTransformSlot);
