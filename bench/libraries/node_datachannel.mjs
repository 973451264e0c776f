// node-datachannel through its own interface, which is faster than its W3C layer.
import nodeDatachannelModule from 'node-datachannel';

const { PeerConnection } = nodeDatachannelModule;

function channelOf(dataChannel) {
  return {
    send: (data) => (typeof data === 'string' ? dataChannel.sendMessage(data) : dataChannel.sendMessageBinary(data)),
    get bufferedAmount() {
      return dataChannel.bufferedAmount();
    },
    onLow(threshold, callback) {
      dataChannel.setBufferedAmountLowThreshold(threshold);
      dataChannel.onBufferedAmountLow(callback);
    },
    onMessage(callback) {
      dataChannel.onMessage((data) => callback(data.byteLength ?? data.length, data));
    },
  };
}

const initOf = ({ ordered = true, maxRetransmits }) => ({
  unordered: !ordered,
  ...(maxRetransmits === undefined ? {} : { maxRetransmits }),
});

export const nodeDatachannel = {
  createPeer({ offerer, channelInit = {}, signal }) {
    const connection = new PeerConnection('bench', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      maxMessageSize: 262144,
    });
    connection.onLocalDescription((sdp, type) => signal({ description: { type, sdp } }));
    connection.onLocalCandidate((candidate, mid) => signal({ candidate: { candidate, sdpMid: mid } }));
    const early = [];
    let described = false;
    const channel = new Promise((resolve) => {
      const opened = (dataChannel) => {
        const done = () => resolve(channelOf(dataChannel));
        if (dataChannel.isOpen()) done();
        else dataChannel.onOpen(done);
      };
      if (offerer) opened(connection.createDataChannel('bench', initOf(channelInit)));
      else connection.onDataChannel(opened);
    });
    return {
      channel,
      receive({ description, candidate }) {
        if (candidate) {
          if (described) connection.addRemoteCandidate(candidate.candidate, candidate.sdpMid);
          else early.push(candidate);
          return;
        }
        connection.setRemoteDescription(description.sdp, description.type);
        described = true;
        for (const one of early.splice(0)) connection.addRemoteCandidate(one.candidate, one.sdpMid);
      },
      close: () => connection.close(),
    };
  },
};
