/** The worker of encoded transforms in Node. */
import 'node-libwebrtc/polyfill';
import './script_transform_scope.js';
