// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

'use strict';

// https://w3c.github.io/webrtc-priority/

idl_test(['webrtc-priority'], ['webrtc', 'mediacapture-streams', 'hr-time', 'dom', 'html'], (idl_array) => {
  idl_array.add_objects({ RTCDataChannel: [`new RTCPeerConnection().createDataChannel('')`] });
});
