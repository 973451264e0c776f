// Our types are assignable to the DOM library's, so that code written against a browser's types takes our objects.
// Checked by the compiler alone; nothing here runs.
import * as ours from 'node-libwebrtc';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the callers name it
declare function take<T>(value: T): void;

declare const channel: ours.RTCDataChannel;
take<RTCDataChannel>(channel);
declare const channelEvent: ours.RTCDataChannelEvent;
take<RTCDataChannelEvent>(channelEvent);
declare const certificate: ours.RTCCertificate;
take<RTCCertificate>(certificate);
declare const dtlsTransport: ours.RTCDtlsTransport;
take<RTCDtlsTransport>(dtlsTransport);
declare const error: ours.RTCError;
take<RTCError>(error);
declare const errorEvent: ours.RTCErrorEvent;
take<RTCErrorEvent>(errorEvent);
declare const candidate: ours.RTCIceCandidate;
take<RTCIceCandidate>(candidate);
declare const iceTransport: ours.RTCIceTransport;
take<RTCIceTransport>(iceTransport);
declare const iceEvent: ours.RTCPeerConnectionIceEvent;
take<RTCPeerConnectionIceEvent>(iceEvent);
declare const iceErrorEvent: ours.RTCPeerConnectionIceErrorEvent;
take<RTCPeerConnectionIceErrorEvent>(iceErrorEvent);
declare const sctpTransport: ours.RTCSctpTransport;
take<RTCSctpTransport>(sctpTransport);
declare const description: ours.RTCSessionDescription;
take<RTCSessionDescription>(description);
declare const report: ours.RTCStatsReport;
take<RTCStatsReport>(report);
declare const stream: ours.MediaStream;
take<MediaStream>(stream);
declare const track: ours.MediaStreamTrack;
take<MediaStreamTrack>(track);
// Encoded transforms are not there, and the DOM library knows one preference less: everything else is.
declare const sender: ours.RTCRtpSender;
take<Omit<RTCRtpSender, 'transform' | 'getParameters'>>(sender);
declare const receiver: ours.RTCRtpReceiver;
take<Omit<RTCRtpReceiver, 'transform'>>(receiver);
type RtpObject = 'receiver' | 'sender';
declare const transceiver: ours.RTCRtpTransceiver;
take<Omit<RTCRtpTransceiver, RtpObject>>(transceiver);
declare const trackEvent: ours.RTCTrackEvent;
take<Omit<RTCTrackEvent, RtpObject | 'transceiver'>>(trackEvent);
declare const dtmfSender: ours.RTCDTMFSender;
take<RTCDTMFSender>(dtmfSender);
type RtpMember = 'addTrack' | 'addTransceiver' | 'getReceivers' | 'getSenders' | 'getTransceivers' | 'removeTrack';
declare const connection: ours.RTCPeerConnection;
take<Omit<RTCPeerConnection, RtpMember>>(connection);

// What a browser's types describe can be given to ours, and the other way round.
declare const configuration: RTCConfiguration;
export const connect = () => new ours.RTCPeerConnection({ iceServers: configuration.iceServers ?? [] });
declare const dictionaries: {
  channel: ours.RTCDataChannelInit;
  candidate: ours.RTCIceCandidateInit;
  description: ours.RTCSessionDescriptionInit;
  configuration: ours.RTCConfiguration;
};
take<RTCDataChannelInit>(dictionaries.channel);
take<RTCIceCandidateInit>(dictionaries.candidate);
take<RTCSessionDescriptionInit>(dictionaries.description);
take<Omit<RTCConfiguration, 'certificates'>>(dictionaries.configuration);
declare const devices: ours.MediaDevices;
take<Omit<MediaDevices, 'selectAudioOutput'>>(devices);
declare const frame: ours.VideoFrame;
// The DOM library knows fewer colour spaces, and rectangles with more methods.
take<Omit<VideoFrame, 'codedRect' | 'visibleRect' | 'colorSpace' | 'clone'>>(frame);
declare const data: ours.AudioData;
take<AudioData>(data);
declare const recorder: ours.MediaRecorder;
take<MediaRecorder>(recorder);
declare const blobEvent: ours.BlobEvent;
// The blob is Node's, whose bytes are typed less narrowly.
take<Omit<BlobEvent, 'data'>>(blobEvent);
declare const scriptError: ours.ErrorEvent;
take<ErrorEvent>(scriptError);
declare const recorderOptions: ours.MediaRecorderOptions;
take<MediaRecorderOptions>(recorderOptions);
