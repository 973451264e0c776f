/**
 * `node-libwebrtc/wrtc`: what code written for `wrtc` 0.4 and `@roamhq/wrtc` 0.10 imports, under the same names and with
 * the same shapes of data. The guide docs/moving-from-wrtc.md lists what is different.
 *
 * @module node-libwebrtc/wrtc
 */
import * as wrtc from './names';

export * from './names';
/** Everything, for `import wrtc from`. */
export default wrtc;
