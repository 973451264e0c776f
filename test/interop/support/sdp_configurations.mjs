/**
 * Connections whose descriptions are compared between Node and Chromium. Each function runs in both, with a fresh pair:
 * it sets `a` up, and `b` where that matters; the test then makes the offer of `a` and the answer of `b`.
 */
export const configurations = {
  nothing: {},
  'one data channel': { a: (a) => a.createDataChannel('channel') },
  'a negotiated data channel': { a: (a) => a.createDataChannel('channel', { negotiated: true, id: 5 }) },
  'audio, both directions': { a: (a) => a.addTransceiver('audio') },
  'video, both directions': { a: (a) => a.addTransceiver('video') },
  'audio, sending alone': { a: (a) => a.addTransceiver('audio', { direction: 'sendonly' }) },
  'audio, receiving alone': { a: (a) => a.addTransceiver('audio', { direction: 'recvonly' }) },
  'video, sending alone': { a: (a) => a.addTransceiver('video', { direction: 'sendonly' }) },
  'video, receiving alone': { a: (a) => a.addTransceiver('video', { direction: 'recvonly' }) },
  'audio, inactive': { a: (a) => a.addTransceiver('audio', { direction: 'inactive' }) },
  'audio and video': { a: (a) => [a.addTransceiver('audio'), a.addTransceiver('video')] },
  'video and audio': { a: (a) => [a.addTransceiver('video'), a.addTransceiver('audio')] },
  'audio, video and data': {
    a: (a) => [a.addTransceiver('audio'), a.addTransceiver('video'), a.createDataChannel('channel')],
  },
  'data first': { a: (a) => [a.createDataChannel('channel'), a.addTransceiver('audio')] },
  'three of each kind': {
    a: (a) => ['audio', 'video', 'audio', 'video', 'audio', 'video'].forEach((kind) => a.addTransceiver(kind)),
  },
  'bundle max-bundle': {
    configuration: { bundlePolicy: 'max-bundle' },
    a: (a) => [a.addTransceiver('audio'), a.addTransceiver('video')],
  },
  'bundle max-compat': {
    configuration: { bundlePolicy: 'max-compat' },
    a: (a) => [a.addTransceiver('audio'), a.addTransceiver('video')],
  },
  'bundle max-bundle with data': {
    configuration: { bundlePolicy: 'max-bundle' },
    a: (a) => [a.createDataChannel('channel'), a.addTransceiver('video'), a.addTransceiver('audio')],
  },
  offerToReceiveAudio: { offer: { offerToReceiveAudio: true } },
  offerToReceiveVideo: { offer: { offerToReceiveVideo: true } },
  'offerToReceive both': { offer: { offerToReceiveAudio: true, offerToReceiveVideo: true } },
  'simulcast with two layers': {
    a: (a) => a.addTransceiver('video', { direction: 'sendonly', sendEncodings: [{ rid: 'lo' }, { rid: 'hi' }] }),
  },
  'simulcast with three layers, one paused': {
    a: (a) => a.addTransceiver('video', { sendEncodings: [{ rid: 'q' }, { rid: 'h', active: false }, { rid: 'f' }] }),
  },
  'scalable video': { a: (a) => a.addTransceiver('video', { sendEncodings: [{ scalabilityMode: 'L1T3' }] }) },
  'VP8 alone': {
    a: (a) => {
      const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
      a.addTransceiver('video').setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/VP8'));
    },
  },
  'Opus alone': {
    a: (a) => {
      const codecs = RTCRtpReceiver.getCapabilities('audio').codecs;
      a.addTransceiver('audio').setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'audio/opus'));
    },
  },
  'VP9 before VP8': {
    a: (a) => {
      const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
      const of = (name) => codecs.filter(({ mimeType }) => mimeType === name);
      a.addTransceiver('video').setCodecPreferences([...of('video/VP9'), ...of('video/VP8'), ...of('video/rtx')]);
    },
  },
  'a stopped transceiver': {
    a: (a) => {
      a.addTransceiver('audio').stop();
      a.addTransceiver('video');
    },
  },
  'answered by one that sends nothing': { a: (a) => a.addTransceiver('video'), b: () => {} },
  'answered by one that sends': { a: (a) => a.addTransceiver('video'), b: (b) => b.addTransceiver('video') },
  'streams with names': {
    a: (a) => a.addTransceiver('audio', { streams: [new MediaStream(), new MediaStream()] }),
  },
};

/** Makes the offer and the answer of a configuration; runs in Node and, as text, in a page. */
export async function describe({ configuration = {}, a: prepareA, b: prepareB, offer: options }) {
  const [a, b] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    prepareA?.(a);
    const offer = await a.createOffer(options);
    await b.setRemoteDescription(offer);
    prepareB?.(b);
    const answer = await b.createAnswer();
    return { offer: offer.sdp, answer: answer.sdp };
  } finally {
    a.close();
    b.close();
  }
}
