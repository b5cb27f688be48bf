import { type Container, hasText, type Structure, viewOf } from './container.js';

/** Types of boxes that such files begin with; older QuickTime files lack `ftyp`. */
const firstBoxes = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'] as const;

/** Types of boxes that files are made of (ISO 14496-12, QuickTime). Others of their size may stand between them. */
const knownBoxes: readonly string[] = [
  ...firstBoxes,
  ...['moof', 'mfra', 'sidx', 'ssix', 'styp', 'meta', 'udta', 'uuid', 'pdin', 'emsg', 'prft', 'pnot'],
];

/** MP4, M4A, 3GP, QuickTime (ISO 14496-12), with AAC, ALAC and others. */
export const mp4: Container = {
  name: 'MP4',
  endings: ['.m4a', '.mp4', '.m4b', '.m4r', '.3gp', '.3gpp', '.3g2', '.mov'],
  recognises: (bytes) => firstBoxes.some((type) => hasText(bytes, type, 4)),
  lengthIn: 'packets',
  // Fragments of one recording each begin with another box.
  end(bytes) {
    const boxes = [...boxesOf(bytes)];
    return boxes.slice(1).find(({ type }) => type === 'ftyp')?.start ?? boxes.at(-1)?.end;
  },
  inspect(bytes) {
    let hasIndex = false;
    for (const box of boxesOf(bytes)) {
      hasIndex ||= box.type === 'moov';
      if (box.end > bytes.length)
        return brokenOff(`its part "${box.type}" ends at byte ${box.end}, the file at ${bytes.length}`);
    }
    return hasIndex
      ? {}
      : brokenOff('its list of samples ("moov"), which recorders write last, is not there');
  },
};

/** Matroska and WebM, with Opus, Vorbis and others. */
export const matroska: Container = {
  name: 'WebM',
  endings: ['.webm', '.weba', '.mka', '.mkv'],
  recognises: (bytes) => bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3,
  lengthIn: 'elements',
  end: segmentEnd,
  inspect(bytes) {
    const end = segmentEnd(bytes);
    if (end === undefined || end <= bytes.length) return {};
    return brokenOff(`its segment ends at byte ${end}, the file at ${bytes.length}`);
  },
};

/** Where the element ends that holds all others; undefined when it does not say: browsers do not know while they record. */
function segmentEnd(bytes: Uint8Array): number | undefined {
  const header = sizeAt(bytes, 4);
  const size = header && sizeAt(bytes, header.end + header.size + 4);
  return size === undefined || size.unknown ? undefined : size.end + size.size;
}

function brokenOff(detail: string): Structure {
  return { problem: { reason: 'truncated', detail } };
}

function* boxesOf(bytes: Uint8Array): Generator<{ type: string; start: number; end: number }> {
  const view = viewOf(bytes);
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const short = view.getUint32(offset);
    const type = Buffer.from(bytes.subarray(offset + 4, offset + 8)).toString('latin1');
    // Other bytes behind the last box are no box.
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return;
    const long = short === 1 && offset + 16 <= bytes.length ? Number(view.getBigUint64(offset + 8)) : short;
    const end = short === 0 ? bytes.length : offset + long;
    const isBox = end >= offset + 8 && (end <= bytes.length || knownBoxes.includes(type));
    if (!isBox) return;
    yield { type, start: offset, end };
    offset = end;
  }
}

/** A size of one to eight bytes, the leading zeros of the first telling how many (RFC 8794, section 4). */
function sizeAt(
  bytes: Uint8Array,
  offset: number,
): { size: number; end: number; unknown: boolean } | undefined {
  const first = bytes[offset];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (offset + length > bytes.length) return undefined;
  let size = first & (0xff >> length);
  for (let i = 1; i < length; i++) size = size * 256 + (bytes[offset + i] ?? 0);
  return { size, end: offset + length, unknown: size === 2 ** (7 * length) - 1 };
}
