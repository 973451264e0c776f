// The libraries under measurement. Each is loaded only in the process that measures it.
import { ownMedia, wrtcMedia } from './media.mjs';
import { w3cLibrary } from './w3c.mjs';

export const names = ['node-libwebrtc', 'node-datachannel', '@roamhq/wrtc', 'werift'];

const loaders = {
  async 'node-libwebrtc'() {
    const library = await import('../../dist/index.mjs');
    const configuration = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
    return {
      ...w3cLibrary(library.RTCPeerConnection, configuration),
      MediaStream: library.MediaStream,
      media: ownMedia(library),
    };
  },
  async 'node-datachannel'() {
    const { nodeDatachannel } = await import('./node_datachannel.mjs');
    return nodeDatachannel;
  },
  // The next two go to this machine's own address, inside the kernel as well: neither can be bound to loopback alone.
  async '@roamhq/wrtc'() {
    const { default: wrtc } = await import('@roamhq/wrtc');
    const quirks = {
      candidateOf: ({ candidate, sdpMid, sdpMLineIndex }) => ({ candidate, sdpMid, sdpMLineIndex }),
      lowEventFires: false,
    };
    return {
      ...w3cLibrary(wrtc.RTCPeerConnection, {}, quirks),
      MediaStream: wrtc.MediaStream,
      media: wrtcMedia(wrtc.nonstandard),
    };
  },
  async werift() {
    const { RTCPeerConnection } = await import('werift');
    return w3cLibrary(RTCPeerConnection, { iceServers: [], iceUseIpv6: false });
  },
};

export const load = (name) => loaders[name]();
