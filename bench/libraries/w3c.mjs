// Any library with the W3C interface: description and candidates go through `signal`, one data channel is made.

/** The channel as the scenarios use it. */
function channelOf(dataChannel, lowEventFires) {
  dataChannel.binaryType = 'arraybuffer';
  return {
    send: (data) => dataChannel.send(data),
    get bufferedAmount() {
      return dataChannel.bufferedAmount;
    },
    onLow(threshold, callback) {
      if (!lowEventFires) {
        setInterval(() => dataChannel.bufferedAmount <= threshold && callback(), 1);
        return;
      }
      dataChannel.bufferedAmountLowThreshold = threshold;
      dataChannel.onbufferedamountlow = callback;
    },
    onMessage(callback) {
      dataChannel.onmessage = ({ data }) => callback(data.byteLength ?? data.length, data);
    },
  };
}

/**
 * @param {typeof RTCPeerConnection} RTCPeerConnection the library's class
 * @param {object} configuration what makes it stay on this machine
 * @param {object} [quirks] `candidateOf`: what of a candidate crosses; `lowEventFires: false`: the buffered amount is polled
 */
export function w3cLibrary(
  RTCPeerConnection,
  configuration,
  { candidateOf = (candidate) => candidate.toJSON(), lowEventFires = true } = {},
) {
  return {
    createConnection: () => new RTCPeerConnection(configuration),
    candidateOf,
    createPeer({ offerer, channelInit, signal }) {
      const connection = new RTCPeerConnection(configuration);
      const early = [];
      let described = false;
      connection.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) signal({ candidate: candidateOf(candidate) });
      };
      const opened = (dataChannel, resolve) => {
        const done = () => resolve(channelOf(dataChannel, lowEventFires));
        if (dataChannel.readyState === 'open') done();
        else dataChannel.onopen = done;
      };
      const channel = new Promise((resolve, reject) => {
        if (offerer) {
          opened(connection.createDataChannel('bench', channelInit), resolve);
          connection
            .createOffer()
            .then(async (offer) => {
              await connection.setLocalDescription(offer);
              signal({ description: { type: 'offer', sdp: connection.localDescription.sdp } });
            })
            .catch(reject);
        } else {
          connection.ondatachannel = (event) => opened(event.channel, resolve);
        }
      });
      return {
        channel,
        async receive({ description, candidate }) {
          if (candidate) {
            if (described) await connection.addIceCandidate(candidate);
            else early.push(candidate);
            return;
          }
          await connection.setRemoteDescription(description);
          if (description.type === 'offer') {
            const answer = await connection.createAnswer();
            await connection.setLocalDescription(answer);
            signal({ description: { type: 'answer', sdp: connection.localDescription.sdp } });
          }
          described = true;
          for (const one of early.splice(0)) await connection.addIceCandidate(one);
        },
        close: () => connection.close(),
      };
    },
  };
}
