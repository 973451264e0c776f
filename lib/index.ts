/**
 * What the package exports: the W3C WebRTC API, interface by interface, and the few additions that servers need.
 *
 * @module node-libwebrtc
 */
import './internals/switch';
import './datachannel/data_channel_transfer';
import './encoded/frame_cloning';
import './media/media_cloning';
import './media/track_cloning';
import './peerconnection/certificate_cloning';
export {
  RTCDataChannel,
  type BinaryType,
  type RTCDataChannelEventHandlers,
  type RTCDataChannelEventMap,
  type RTCDataChannelState,
} from './datachannel/RTCDataChannel';
export { RTCDataChannelEvent, type RTCDataChannelEventInit } from './datachannel/RTCDataChannelEvent';
export type { RTCDataChannelInit, RTCPriorityType } from './datachannel/RTCDataChannelInit';
export {
  EncodedForwarding,
  forwardEncoded,
  type EncodedForwardingEnd,
  type EncodedForwardingStatistics,
} from './encoded/EncodedForwarding';
export type { RTCInsertableStreams } from './encoded/encoded_streams';
export { KeyFrameRequestEvent } from './encoded/KeyFrameRequestEvent';
export type { CryptoKeyID } from './encoded/crypto_key_id';
export type { RTCEncodedFrameMetadata } from './encoded/encoded_frame';
export type { RTCEncodedFrame } from './encoded/frame_kinds';
export {
  RTCEncodedAudioFrame,
  type RTCEncodedAudioFrameMetadata,
  type RTCEncodedAudioFrameOptions,
} from './encoded/RTCEncodedAudioFrame';
export {
  RTCEncodedVideoFrame,
  type RTCEncodedVideoFrameMetadata,
  type RTCEncodedVideoFrameOptions,
  type RTCEncodedVideoFrameType,
} from './encoded/RTCEncodedVideoFrame';
export { RTCRtpScriptTransform, type TransformWorker } from './encoded/RTCRtpScriptTransform';
export {
  RTCRtpScriptTransformer,
  type RTCRtpScriptTransformerEventHandlers,
  type RTCRtpScriptTransformerEventMap,
} from './encoded/RTCRtpScriptTransformer';
export { RTCTransformEvent } from './encoded/RTCTransformEvent';
export type { RTCRtpTransform } from './encoded/rtp_transform';
export type { SFrameCipherSuite } from './encoded/sframe_keys';
export {
  SFrameTransform,
  type SFrameChunk,
  type SFrameTransformEventHandlers,
  type SFrameTransformEventMap,
  type SFrameTransformOptions,
  type SFrameTransformRole,
} from './encoded/SFrameTransform';
export {
  SFrameTransformErrorEvent,
  type SFrameTransformErrorEventInit,
  type SFrameTransformErrorEventType,
} from './encoded/SFrameTransformErrorEvent';
export {
  WorkerScope,
  workerScope,
  type WorkerScopeEventHandlers,
  type WorkerScopeEventMap,
} from './encoded/worker_scope';
export { RTCError, type RTCErrorDetailType, type RTCErrorDetailTypeIdp, type RTCErrorInit } from './errors/RTCError';
export { ErrorEvent, type ErrorEventInit } from './errors/ErrorEvent';
export { RTCErrorEvent, type RTCErrorEventInit } from './errors/RTCErrorEvent';
export { AudioData, type AudioDataCopyToOptions, type AudioDataInit, type AudioSampleFormat } from './media/AudioData';
export { CaptureController, type CaptureStartFocusBehavior } from './media/CaptureController';
export type { AudioFormat } from './media/devices';
export { DOMRectReadOnly, type DOMRectInit } from './media/DOMRectReadOnly';
export { DeviceChangeEvent, type DeviceChangeEventInit } from './media/DeviceChangeEvent';
export { InputDeviceInfo, MediaDeviceInfo, type MediaDeviceKind } from './media/MediaDeviceInfo';
export {
  MediaDevices,
  mediaDevices,
  type DisplayMediaStreamOptions,
  type MediaDevicesEventHandlers,
  type MediaDevicesEventMap,
  type MediaStreamConstraints,
  type MediaTrackSupportedConstraints,
} from './media/MediaDevices';
export { MediaStream, type MediaStreamEventHandlers, type MediaStreamEventMap } from './media/MediaStream';
export {
  MediaStreamTrack,
  type MediaStreamTrackEventHandlers,
  type MediaStreamTrackEventMap,
  type MediaStreamTrackState,
} from './media/MediaStreamTrack';
export { MediaStreamTrackAudioStats, MediaStreamTrackVideoStats } from './media/track_stats';
export { MediaStreamTrackEvent, type MediaStreamTrackEventInit } from './media/MediaStreamTrackEvent';
export { MediaStreamTrackGenerator, type MediaStreamTrackGeneratorInit } from './media/MediaStreamTrackGenerator';
export { MediaStreamTrackProcessor, type MediaStreamTrackProcessorInit } from './media/MediaStreamTrackProcessor';
export { OverconstrainedError } from './media/OverconstrainedError';
export type { PlaneLayout } from './media/pixel_layout';
export { AudioSink, VideoSink, type AudioSinkOptions, type SinkOptions } from './media/raw_sinks';
export { AudioSource, VideoSource, type AudioSourceInit, type VideoSourceInit } from './media/raw_sources';
export {
  registerDevice,
  type AudioDeviceInit,
  type RegisteredDevice,
  type VideoDeviceInit,
} from './media/registerDevice';
export { adoptMedia, releaseMedia, type ReleasedAudioData, type ReleasedVideoFrame } from './media/transfer';
export {
  VideoColorSpace,
  type VideoColorPrimaries,
  type VideoColorSpaceInit,
  type VideoMatrixCoefficients,
  type VideoTransferCharacteristics,
} from './media/VideoColorSpace';
export { VideoFrame } from './media/VideoFrame';
export type {
  VideoFrameBufferInit,
  VideoFrameCopyToOptions,
  VideoFrameInit,
  VideoFrameMetadata,
  VideoPixelFormat,
} from './media/video_frame_init';
export { VideoTrackGenerator } from './media/VideoTrackGenerator';
export type { VideoFormat } from './media/video_settings';
export type {
  ConstrainBoolean,
  ConstrainBooleanParameters,
  ConstrainDOMString,
  ConstrainDOMStringParameters,
  ConstrainNumber,
  ConstrainNumberRange,
  MediaTrackCapabilities,
  MediaTrackConstraintSet,
  MediaTrackConstraints,
  MediaTrackSettings,
  NumberRange,
} from './media/constraints';
export { startEventLog, stopEventLog, type EventLogOptions } from './event_log';
export { RTCIdentityAssertion } from './identity/RTCIdentityAssertion';
export type { RTCIdentityProviderOptions } from './identity/identity_provider';
export { setLogLevel, type LogLevel, type LogRecord } from './log';
export type {
  RTCBundlePolicy,
  RTCConfiguration,
  RTCIceServer,
  RTCIceTransportPolicy,
  RTCRtcpMuxPolicy,
} from './peerconnection/configuration';
export type { RTCCertificateAlgorithm } from './peerconnection/generate_certificate';
export type { RTCNodeSettings, RTCPortRange } from './peerconnection/node_settings';
export { RTCCertificate, type RTCDtlsFingerprint } from './peerconnection/RTCCertificate';
export {
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceCandidateType,
  type RTCIceComponent,
  type RTCIceProtocol,
  type RTCIceServerTransportProtocol,
  type RTCIceTcpCandidateType,
  type RTCLocalIceCandidateInit,
} from './peerconnection/RTCIceCandidate';
export type { RTCAnswerOptions, RTCOfferOptions } from './peerconnection/offer_options';
export {
  RTCPeerConnection,
  type RTCPeerConnectionEventHandlers,
  type RTCPeerConnectionEventMap,
} from './peerconnection/RTCPeerConnection';
export type { RTCPeerConnectionErrorCallback, RTCSessionDescriptionCallback } from './peerconnection/legacy_callbacks';
export type { RTCSignalingState } from './peerconnection/signaling_state';
export {
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
} from './peerconnection/RTCPeerConnectionIceErrorEvent';
export {
  RTCPeerConnectionIceEvent,
  type RTCPeerConnectionIceEventInit,
} from './peerconnection/RTCPeerConnectionIceEvent';
export {
  RTCSessionDescription,
  type RTCLocalSessionDescriptionInit,
  type RTCSdpType,
  type RTCSessionDescriptionInit,
} from './peerconnection/RTCSessionDescription';
export type { RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState } from './peerconnection/states';
export * from './recording/recorders';
export { MediaStreamEvent, type MediaStreamEventInit } from './rtp/MediaStreamEvent';
export type {
  RTCDegradationPreference,
  RTCEncodingOptions,
  RTCRtcpParameters,
  RTCRtpCapabilities,
  RTCRtpCodec,
  RTCRtpCodecParameters,
  RTCRtpCodingParameters,
  RTCRtpEncodingParameters,
  RTCRtpHeaderExtensionCapability,
  RTCRtpHeaderExtensionParameters,
  RTCRtpParameters,
  RTCRtpReceiveParameters,
  RTCRtpSendParameters,
  RTCRtpTransceiverDirection,
  RTCRtpTransceiverInit,
  RTCResolutionRestriction,
  RTCSetParameterOptions,
} from './rtp/parameters';
export { RTCDTMFSender, type RTCDTMFSenderEventHandlers, type RTCDTMFSenderEventMap } from './rtp/RTCDTMFSender';
export { RTCDTMFToneChangeEvent, type RTCDTMFToneChangeEventInit } from './rtp/RTCDTMFToneChangeEvent';
export { RTCRtpReceiver, type RTCRtpContributingSource, type RTCRtpSynchronizationSource } from './rtp/RTCRtpReceiver';
export { RTCRtpSender } from './rtp/RTCRtpSender';
export { RTCRtpTransceiver } from './rtp/RTCRtpTransceiver';
export { RTCTrackEvent, type RTCTrackEventInit } from './rtp/RTCTrackEvent';
export { RTCStatsReport, type RTCStats, type RTCStatsType } from './stats/RTCStatsReport';
export {
  RTCDtlsTransport,
  type RTCDtlsTransportEventHandlers,
  type RTCDtlsTransportEventMap,
  type RTCDtlsTransportState,
} from './transport/RTCDtlsTransport';
export { RTCIceCandidatePair } from './transport/RTCIceCandidatePair';
export {
  RTCIceTransport,
  type RTCIceGathererState,
  type RTCIceGatherOptions,
  type RTCIceParameters,
  type RTCIceRole,
  type RTCIceTransportEventHandlers,
  type RTCIceTransportEventMap,
  type RTCIceTransportState,
} from './transport/RTCIceTransport';
export {
  RTCSctpTransport,
  type RTCSctpTransportEventHandlers,
  type RTCSctpTransportEventMap,
  type RTCSctpTransportState,
} from './transport/RTCSctpTransport';
export type { EventInit } from './webidl';
