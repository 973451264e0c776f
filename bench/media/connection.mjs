// Two ends of one connection that carries media one way, in this process or in two.

/** What an offer or answer says of the rate: the same for every library, and at once. */
const withBitrate = (sdp, kilobits) =>
  kilobits === undefined
    ? sdp
    : sdp
        .replace(/^(m=video.*(?:\r\n[^m].*)*?\r\nc=.*)/gm, `$1\r\nb=AS:${kilobits}`)
        .replace(
          /^a=rtpmap:(\d+) VP8\/90000/gm,
          (line, type) => `${line}\r\na=fmtp:${type} x-google-start-bitrate=${kilobits}`,
        );

/** Only that codec of the first video section, with what repeats its packets. */
export function onlyCodec(sdp, name) {
  return sdp.replace(/^m=video.*(?:\r\n(?!m=).*)*/gm, (section) => {
    const lines = section.split('\r\n');
    const main = lines
      .map((line) => /^a=rtpmap:(\d+) (\S+?)\//.exec(line))
      .filter((match) => match?.[2] === name)
      .map((match) => match[1]);
    const kept = new Set(main.slice(0, 1));
    return lines
      .map((line) => (line.startsWith('m=') ? [...line.split(' ').slice(0, 3), ...kept].join(' ') : line))
      .filter((line) => {
        const type = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(line)?.[1];
        return type === undefined || kept.has(type);
      })
      .join('\r\n');
  });
}

/**
 * One end. `signal` carries its messages to the other end's `receive`.
 *
 * @param {object} library with `createConnection` and `candidateOf`
 * @param {(message: object) => void} signal
 * @param {{ kilobits?: number, codec?: string }} [options]
 */
export function endOf(library, signal, { kilobits, codec } = {}) {
  const connection = library.createConnection();
  const early = [];
  let described = false;
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) signal({ candidate: library.candidateOf(candidate) });
  };
  const sdpOf = (sdp) => withBitrate(codec === undefined ? sdp : onlyCodec(sdp, codec), kilobits);
  return {
    connection,
    async offer() {
      const { sdp } = await connection.createOffer();
      const description = { type: 'offer', sdp: codec === undefined ? sdp : onlyCodec(sdp, codec) };
      await connection.setLocalDescription(description);
      signal({ description });
    },
    async receive({ description, candidate }) {
      if (candidate) {
        if (described) await connection.addIceCandidate(candidate);
        else early.push(candidate);
        return;
      }
      await connection.setRemoteDescription({ type: description.type, sdp: sdpOf(description.sdp) });
      if (description.type === 'offer') {
        const answer = await connection.createAnswer();
        await connection.setLocalDescription(answer);
        signal({ description: { type: 'answer', sdp: answer.sdp } });
      }
      described = true;
      for (const one of early.splice(0)) await connection.addIceCandidate(one);
    },
  };
}

/** Resolves when it is connected. */
export const connected = (connection) =>
  new Promise((resolve) => {
    const look = () => ['connected', 'completed'].includes(connection.iceConnectionState) && resolve();
    connection.oniceconnectionstatechange = look;
    look();
  });

/** Sends `track` to a second connection of this process. */
export async function sendTo(library, track, options) {
  const ends = {};
  const to = (name) => (message) =>
    setImmediate(() =>
      ends[name].receive(message).catch((error) => {
        console.error(error);
        process.exit(1);
      }),
    );
  ends.sender = endOf(library, to('receiver'), options);
  ends.receiver = endOf(library, to('sender'), options);
  const arrived = new Promise((resolve) => (ends.receiver.connection.ontrack = (event) => resolve(event.track)));
  ends.sender.connection.addTrack(track, new library.MediaStream([track]));
  await ends.sender.offer();
  const received = await arrived;
  await Promise.all([connected(ends.sender.connection), connected(ends.receiver.connection)]);
  return { sender: ends.sender.connection, receiver: ends.receiver.connection, track: received };
}
