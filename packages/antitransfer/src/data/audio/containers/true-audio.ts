import { type Container, hasText, viewOf } from './container.js';

const HEADER_BYTES = 22;

/** TTA1: a header, the sizes of all frames, the frames. */
export const trueAudio: Container = {
  name: 'True Audio',
  endings: ['.tta'],
  recognises: (bytes) => hasText(bytes, 'TTA1'),
  end(bytes) {
    if (bytes.length < HEADER_BYTES) return undefined;
    const view = viewOf(bytes);
    const sampleRate = view.getUint32(10, true);
    // A frame holds 256/245 of a second.
    const frames = Math.ceil(view.getUint32(14, true) / Math.floor((256 * sampleRate) / 245));
    let end = HEADER_BYTES + 4 * frames + 4;
    if (!(end <= bytes.length)) return undefined;
    for (let frame = 0; frame < frames; frame++) end += view.getUint32(HEADER_BYTES + 4 * frame, true);
    return end;
  },
};
