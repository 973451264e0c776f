// Owns the connections of a channel that it hands to the main thread.
import { parentPort } from 'node:worker_threads';
import { RTCPeerConnection } from 'node-libwebrtc';
import 'node-libwebrtc/polyfill';
import { loopback } from './pair.mjs';

const [a, b] = [new RTCPeerConnection(loopback), new RTCPeerConnection(loopback)];
a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
const channel = a.createDataChannel('from a worker');
parentPort.postMessage({ channel }, [channel]);
b.ondatachannel = ({ channel: far }) => {
  far.onmessage = ({ data }) => far.send(data);
};
await a.setLocalDescription();
await b.setRemoteDescription(a.localDescription);
await b.setLocalDescription();
await a.setRemoteDescription(b.localDescription);
