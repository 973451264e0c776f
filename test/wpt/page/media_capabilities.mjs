/** `navigator.mediaCapabilities` as far as it is about connections: it says what the package's own lists of codecs say. */
export class MediaCapabilities {
  /** What can be sent. */
  async encodingInfo({ video, audio }) {
    return describe(globalThis.RTCRtpSender, { video, audio });
  }
  /** What can be received. */
  async decodingInfo({ video, audio }) {
    return describe(globalThis.RTCRtpReceiver, { video, audio });
  }
}

function describe(side, kinds) {
  const supported = Object.entries(kinds).every(([kind, configuration]) => {
    if (configuration === undefined) return true;
    const { contentType } = configuration;
    const known = side.getCapabilities(kind).codecs;
    return known.some(({ mimeType }) => mimeType.toLowerCase() === contentType.split(';')[0].toLowerCase());
  });
  return { supported, smooth: supported, powerEfficient: false };
}
