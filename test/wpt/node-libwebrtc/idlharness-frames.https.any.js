// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js

'use strict';

// https://w3c.github.io/webcodecs/, as far as it is about raw media.

idl_test([], ['mediacapture-streams', 'dom', 'html'], async (idl_array) => {
  const interfaces = ['VideoFrame', 'AudioData', 'VideoColorSpace'];
  const enumerations = [
    'AudioSampleFormat',
    'VideoPixelFormat',
    'VideoColorPrimaries',
    'VideoTransferCharacteristics',
    'VideoMatrixCoefficients',
  ];
  const { idl } = await fetch_spec('webcodecs');
  const geometry = await fetch_spec('geometry');
  idl_array.add_idls(idl, { only: [...interfaces, ...enumerations] });
  idl_array.add_idls(geometry.idl, { only: ['DOMRectReadOnly'] });
  self.frame = new VideoFrame(new Uint8Array(64), { format: 'RGBA', codedWidth: 4, codedHeight: 4, timestamp: 0 });
  self.samples = new AudioData({
    format: 's16',
    sampleRate: 48000,
    numberOfFrames: 1,
    numberOfChannels: 1,
    timestamp: 0,
    data: new Int16Array(1),
  });
  idl_array.add_objects({
    VideoFrame: ['frame'],
    AudioData: ['samples'],
    VideoColorSpace: ['new VideoColorSpace()', 'frame.colorSpace'],
    DOMRectReadOnly: ['frame.visibleRect'],
  });
});
