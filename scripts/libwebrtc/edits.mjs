/** The changes to the sources, each a replacement of a text that must be there exactly once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../setup/report.mjs';

export const edits = [
  {
    name: "dav1d's functions have C names",
    // dav1d 1.0.0 declares the functions of data.h without `extern "C"`; later versions, which libwebrtc is written
    // for, do it themselves.
    file: 'third_party/webrtc/modules/video_coding/codecs/av1/dav1d_decoder.cc',
    find: '#include "third_party/dav1d/libdav1d/include/dav1d/data.h"\n',
    replace: 'extern "C" {\n#include "third_party/dav1d/libdav1d/include/dav1d/data.h"\n}\n',
  },
];

/** @param {string} sources the directory that holds `third_party` */
export function applyEdits(sources) {
  for (const { name, file, find, replace } of edits) {
    const path = join(sources, file);
    const text = readFileSync(path, 'utf8');
    const parts = text.split(find);
    if (parts.length !== 2) {
      throw new SetupError(
        `The edit "${name}" expects this text exactly once in ${file}, and it is there ${parts.length - 1} times:\n\n${find}`,
      );
    }
    writeFileSync(path, parts.join(replace));
  }
}
