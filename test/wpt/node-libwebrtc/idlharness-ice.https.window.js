// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

'use strict';

// https://w3c.github.io/webrtc-ice/

idl_test(['webrtc-ice'], ['webrtc', 'mediacapture-streams', 'hr-time', 'dom', 'html'], (idl_array) => {
  idl_array.add_objects({ RTCIceTransport: ['new RTCIceTransport()'] });
});
