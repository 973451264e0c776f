// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

'use strict';

// https://w3c.github.io/mst-content-hint/

idl_test(['mst-content-hint'], ['webrtc', 'mediacapture-streams', 'hr-time', 'dom', 'html'], async (idl_array) => {
  self.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  idl_array.add_objects({ MediaStreamTrack: ['stream.getAudioTracks()[0]', 'stream.getVideoTracks()[0]'] });
});
