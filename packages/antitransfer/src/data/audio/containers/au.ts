import { lengthOf } from './chunks.js';
import { type Container, hasText, type Structure, viewOf } from './container.js';
import { swapWords } from './swap-words.js';

/** Bytes of the header, numbers of four bytes behind its name. */
const HEADER_BYTES = 24;

/** Bytes of a sample by the number of its encoding: mu-law, integers of 1 to 4 bytes, floating point of 4 and 8, A-law. */
const widths: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1 };

/** Sun and NeXT; of DEC and other little-endian machines, too, which write the name backwards. */
export const au: Container = {
  name: 'AU',
  endings: ['.au', '.snd'],
  recognises: (bytes) => hasText(bytes, '.snd') || isLittleEndian(bytes),
  lengthIn: 'bytes',
  end(bytes) {
    const layout = auLayout(bytes);
    return layout && layout.start + layout.size;
  },
  inspect(file) {
    const layout = auLayout(file);
    if (layout === undefined) {
      return { problem: { reason: 'unreadable', detail: 'its AU header breaks off before the sound' } };
    }
    const width = widths[layout.encoding];
    if (isLittleEndian(file) && width === undefined) {
      const detail = `its encoding ${layout.encoding} is not read in a little-endian file; convert it`;
      return { problem: { reason: 'unreadable', detail } };
    }
    const bytes = isLittleEndian(file) ? bigEndian(file, layout.start, width ?? 1) : file;
    const structure: Structure = lengthOf(bytes, {
      ...layout,
      endsFile: true,
      write: (copy, length) => viewOf(copy).setUint32(8, length),
    });
    return { ...structure, parts: structure.parts ?? [bytes] };
  },
};

function isLittleEndian(bytes: Uint8Array): boolean {
  return hasText(bytes, 'dns.');
}

function auLayout(bytes: Uint8Array): { start: number; size: number; encoding: number } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const at = (offset: number) => view.getUint32(offset, isLittleEndian(bytes));
  return { start: at(4), size: at(8), encoding: at(12) };
}

/** The same recording as FFmpeg reads it. */
function bigEndian(bytes: Uint8Array, start: number, width: number): Uint8Array {
  return swapWords(swapWords(bytes, 0, HEADER_BYTES, 4), start, bytes.length, width);
}
