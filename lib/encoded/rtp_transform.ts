/** `RTCRtpTransform`: what the attribute `transform` of senders and receivers takes. */
import { interfaceType, nullable } from '../webidl';
import { isScriptTransform, scriptTransformSlot, type RTCRtpScriptTransform } from './RTCRtpScriptTransform';
import { isSFrameTransform, sframeTransformSlot, type SFrameTransform } from './SFrameTransform';
import { TransformAttribute, type TransformHost } from './transform_attribute';

/** Works on the encoded frames of a sender or receiver. */
export type RTCRtpTransform = RTCRtpScriptTransform | SFrameTransform;

const rtpTransform = nullable(
  interfaceType<RTCRtpTransform>('RTCRtpTransform', (value) => isScriptTransform(value) || isSFrameTransform(value)),
);

export const transformAttribute = (host: TransformHost): TransformAttribute<RTCRtpTransform> =>
  new TransformAttribute(host, rtpTransform, (transform) =>
    isSFrameTransform(transform) ? sframeTransformSlot(transform) : scriptTransformSlot(transform),
  );
