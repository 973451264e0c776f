// The scenarios of raw media. Only libraries that have a track's raw frames and samples take part.
import { connectedScenarios } from '../media/connected.mjs';
import { localScenarios } from '../media/local.mjs';
import { receivingScenarios } from '../media/ten_tracks.mjs';

export const mediaScenarios = { ...localScenarios, ...connectedScenarios, ...receivingScenarios };
export const mediaLibraries = ['node-libwebrtc', '@roamhq/wrtc'];
