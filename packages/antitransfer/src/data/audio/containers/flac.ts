import { type Container, hasText, viewOf } from './container.js';
import { type FlacStream, lastFrameEnd } from './flac-end.js';

const magic = Buffer.from('fLaC');

/** FLAC (RFC 9639). Each frame carries a checksum, which the decoder compares. */
export const flac: Container = {
  name: 'FLAC',
  endings: ['.flac', '.fla'],
  recognises: (bytes) => hasText(bytes, 'fLaC'),
  // Nothing says how many bytes the frames take. These eight are no coincidence: a stream's first block is its description.
  end: (bytes) => {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const others = [0x00, 0x80].map((last) => file.indexOf(Buffer.from([...magic, last, 0, 0, 34]), 8));
    const found = others.filter((offset) => offset >= 0);
    return found.length > 0 ? Math.min(...found) : undefined;
  },
  inspect(file) {
    const { bytes, notes } = withoutZerosBehind(file);
    if (bytes.length < 26) {
      return {
        problem: {
          reason: 'truncated',
          detail: `it breaks off within its header, after ${bytes.length} bytes`,
        },
      };
    }
    const { samples, blockSize } = streamOf(bytes);
    if (samples === 0) return { parts: [bytes], notes: [...notes, 'its header does not say how long it is'] };
    const end = lastFrameEnd(bytes, { samples, blockSize }) ?? bytes.length;
    const behind = bytes.length - end;
    // A few zeros were left for the case that they are of the checksum.
    if (behind > 0 && (behind > FEW_ZEROS || bytes.subarray(end).some((byte) => byte !== 0))) {
      notes.push(`${behind} bytes behind its last frame belong to none`);
    }
    return { parts: [bytes.subarray(0, end)], promised: samples, notes };
  },
};

/** STREAMINFO, section 8.2. 36 bits say how many samples there are; 0 when the encoder did not know it. */
function streamOf(bytes: Uint8Array): FlacStream {
  const view = viewOf(bytes);
  return { samples: (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22), blockSize: view.getUint16(8) };
}

/** Zeros at the end that may be a checksum's, or fill a file up. */
const FEW_ZEROS = 16;

/** A file without the zeros at its end, unless they are few: a frame ends in its checksum. */
function withoutZerosBehind(bytes: Uint8Array): { bytes: Uint8Array; notes: string[] } {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const zeros = bytes.length - end;
  if (zeros <= FEW_ZEROS) return { bytes, notes: [] };
  return { bytes: bytes.subarray(0, end), notes: [`${zeros} zero bytes stand behind it`] };
}
