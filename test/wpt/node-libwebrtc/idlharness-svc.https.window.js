// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

'use strict';

// https://w3c.github.io/webrtc-svc/, which has no interface of its own.

idl_test(['webrtc-svc'], ['webrtc', 'mediacapture-streams', 'hr-time', 'dom', 'html']);
