/**
 * Where a type of ours is not assignable to that of the DOM library. The test of types fails when a difference is not
 * listed here, and when one is listed that is none.
 */

/** It takes more than the DOM library's: that one's values are assignable to ours. */
export const WIDER = Symbol('wider');

/** WebCodecs' registry has more colours than the DOM library knows, and so do pictures. */
const COLOURS = ['matrix', 'primaries', 'transfer', 'toJSON'];

/** The members that differ, or {@link WIDER}, by the name of the interface. */
export const DIFFERENCES = {
  // SharedArrayBuffer is taken, too, as the specification has it.
  AudioDataInit: WIDER,
  // The ones of identity providers.
  RTCErrorInit: WIDER,
  VideoColorPrimaries: WIDER,
  VideoColorSpace: COLOURS,
  VideoColorSpaceInit: WIDER,
  VideoFrame: ['clone', 'colorSpace'],
  VideoFrameBufferInit: WIDER,
  VideoMatrixCoefficients: WIDER,
  VideoTransferCharacteristics: WIDER,
};

/** What is different besides in one version of TypeScript. */
export const DIFFERENCES_IN = {
  typescript: {},
  'typescript-7': {
    // It has two types of the specification's three.
    RTCEncodedVideoFrame: ['type'],
  },
};
