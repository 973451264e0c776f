/** The page: answers a call, sends pictures of one colour, and says what it sees. */
const worker = new Worker('/page/worker.mjs', { type: 'module' });
const connection = new RTCPeerConnection();
const video = document.querySelector('video');

connection.onicecandidate = ({ candidate }) => window.candidate(candidate?.toJSON() ?? null);
connection.ontrack = ({ track, transceiver }) => {
  transceiver.receiver.transform = new RTCRtpScriptTransform(worker, { does: 'decrypt' });
  video.srcObject = new MediaStream([track]);
};

/** A track of one colour, a little different in each picture. */
function paint([red, green, blue]) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const context = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    context.fillStyle = `rgb(${red}, ${green}, ${blue + (count++ % 8)})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 66);
  return canvas.captureStream(15).getVideoTracks()[0];
}

window.answer = async (description, colour) => {
  await connection.setRemoteDescription(description);
  const [transceiver] = connection.getTransceivers();
  transceiver.direction = 'sendrecv';
  transceiver.sender.transform = new RTCRtpScriptTransform(worker, { does: 'encrypt' });
  await transceiver.sender.replaceTrack(paint(colour));
  await connection.setLocalDescription();
  return connection.localDescription.toJSON();
};

window.addCandidate = (candidate) => connection.addIceCandidate(candidate);

/** Gives the worker a key. */
window.setKey = (baseKey, id, encrypts) => {
  const set = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
  worker.postMessage({ baseKey: Uint8Array.from(baseKey), id, encrypts });
  return set.then(() => {});
};

/** What has come of pictures. */
window.received = async () => {
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === 'inbound-rtp') return { packets: entry.packetsReceived, decoded: entry.framesDecoded };
  }
  return { packets: 0, decoded: 0 };
};

/** The colour in the middle of the picture that is shown, or `null` while there is none. */
window.colour = () => {
  if (video.videoWidth === 0) return null;
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
