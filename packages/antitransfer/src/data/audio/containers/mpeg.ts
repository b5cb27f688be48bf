import { type Container, hasText, type Structure, viewOf } from './container.js';
import {
  adtsFrameLength,
  amrFrameLength,
  type FrameLength,
  type FrameWalk,
  mpegFrameLength,
  walkFrames,
  wavPackBlockLength,
} from './frames.js';
import { tagsAt } from './tags.js';

/** MP3, and layers I and II. */
export const mpegAudio: Container = {
  name: 'MP3',
  endings: ['.mp3', '.mp2', '.mp1', '.mpga'],
  recognises: (bytes) => beginsWithFrames(bytes, mpegFrameLength),
  inspect: (file) => joined(recordingsIn(file, mpegFrameLength).map(inspectMpeg)),
};

/** What is known of several recordings one behind the other. */
function joined(structures: readonly Structure[]): Structure {
  const [only] = structures;
  if (only !== undefined && structures.length === 1) return only;
  return {
    parts: structures.flatMap(({ parts = [] }) => parts),
    problem: structures.find(({ problem }) => problem !== undefined)?.problem,
    notes: [
      `${structures.length} recordings follow each other in it`,
      ...new Set(structures.flatMap(({ notes = [] }) => notes)),
    ],
  };
}

/** The recordings of a file: where frames go on behind a tag, another begins. */
function recordingsIn(file: Uint8Array, lengthAt: FrameLength): Uint8Array[] {
  const recordings: Uint8Array[] = [];
  let begin = 0;
  for (
    let offset = walkFrames(file.subarray(0, SEARCHED), lengthAt).first ?? file.length;
    offset < file.length;
  ) {
    const length = lengthAt(file, offset);
    const tags = length === undefined ? tagsAt(file, offset) : 0;
    const goesOn = tags > 0 && lengthAt(file, offset + tags) !== undefined;
    if (length === undefined && !goesOn) break;
    if (goesOn) {
      recordings.push(file.subarray(begin, offset));
      begin = offset + tags;
    }
    offset += length ?? tags;
  }
  return [...recordings, file.subarray(begin)];
}

function inspectMpeg(file: Uint8Array): Structure {
  const walk = walkFrames(file, mpegFrameLength);
  const bytes = walk.torn ? file : file.subarray(0, file.length - walk.behind);
  const stated = statedFrames(bytes, walk.first ?? 0);
  const bare = structureOf(walk, 'MP3');
  const structure = { ...bare, parts: [bytes], notes: bare.notes ?? [] };
  if (walk.strayBytes > 0 || stated?.frames === undefined) {
    return { ...structure, problem: structure.problem ?? tooFewBytes(bytes, walk, stated) };
  }
  // The frame that carries the count is not counted.
  const frames = walk.frames - 1;
  if (frames < stated.frames) {
    const detail = `its first frame promises ${stated.frames} frames, it holds ${frames}`;
    return { ...structure, problem: { reason: 'truncated', detail } };
  }
  const notes = [...structure.notes];
  if (frames > stated.frames) {
    notes.push(`its first frame promises ${stated.frames} frames, it holds ${frames}`);
  }
  const size = bytes.length - (walk.first ?? 0);
  if (stated.bytes !== undefined && stated.bytes !== size) {
    notes.push(
      `its first frame promises ${stated.bytes} bytes, it holds ${size}; all ${frames} frames are there`,
    );
  }
  // A torn frame behind all those that were promised is nothing that is missed.
  return { parts: [bytes], notes };
}

/** AAC as a bare stream. */
export const adts: Container = {
  name: 'AAC',
  endings: ['.aac', '.adts'],
  recognises: (bytes) => beginsWithFrames(bytes, adtsFrameLength),
  inspect: (file) =>
    joined(
      recordingsIn(file, adtsFrameLength).map((bytes) => {
        const walk = walkFrames(bytes, adtsFrameLength);
        const parts = [walk.torn ? bytes : bytes.subarray(0, bytes.length - walk.behind)];
        return { parts, ...structureOf(walk, 'AAC') };
      }),
    ),
};

const AMR_NARROW = '#!AMR\n';
const AMR_WIDE = '#!AMR-WB\n';

export const amr: Container = {
  name: 'AMR',
  endings: ['.amr', '.awb'],
  recognises: (bytes) => hasText(bytes, AMR_NARROW) || hasText(bytes, AMR_WIDE),
  inspect(bytes) {
    const [magic, band] = hasText(bytes, AMR_WIDE)
      ? ([AMR_WIDE, 'wide'] as const)
      : ([AMR_NARROW, 'narrow'] as const);
    const walk = walkFrames(bytes.subarray(magic.length), amrFrameLength(band), 0);
    return { ...structureOf(walk, 'AMR'), parts: [bytes.subarray(0, bytes.length - walk.behind)] };
  },
};

/** Blocks that say how long they are, each with a checksum. */
export const wavPack: Container = {
  name: 'WavPack',
  endings: ['.wv'],
  recognises: (bytes) => hasText(bytes, 'wvpk'),
  inspect(bytes) {
    const walk = walkFrames(bytes, wavPackBlockLength, 0);
    return { ...structureOf(walk, 'WavPack'), parts: [bytes.subarray(0, bytes.length - walk.behind)] };
  },
};

/** Bytes in which the first frame is looked for, when recordings are told from each other. */
const SEARCHED = 2 ** 17;

/** A few frames in a row near the beginning: more than the two bytes that sound alike in any file. */
function beginsWithFrames(bytes: Uint8Array, lengthAt: FrameLength): boolean {
  const start = bytes.subarray(0, 8192);
  const { first } = walkFrames(start, lengthAt);
  if (first !== undefined) return first <= 2048;
  // Cut within its first frames, or of frames that do not say how long they are.
  return (bytes[0] === 0xff && lengthAt(bytes, 0) !== undefined) || isFreeFormat(bytes);
}

function isFreeFormat(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2 && (bytes[2] ?? 0) >> 4 === 0;
}

/** More than this behind the last frame is no tag that is not known, but sound that was overwritten. */
const LONGEST_TAG = 1024;

function structureOf(walk: FrameWalk, name: string): Structure {
  const { first, frames, strayBytes, strayOffset, torn, behind, behindIsZero } = walk;
  if (strayBytes > 0) {
    const detail = `${strayBytes} bytes among its ${frames} ${name} frames belong to none, the first at byte ${strayOffset}`;
    return { problem: { reason: 'damaged', detail } };
  }
  if (torn) {
    return {
      problem: { reason: 'truncated', detail: `it breaks off within a frame, after ${frames} whole ones` },
    };
  }
  const notes = [
    ...(first ? [`${first} bytes before its first frame belong to none`] : []),
    ...(behind > 0 ? [`${behind} bytes behind its last frame belong to none`] : []),
  ];
  if (behind > LONGEST_TAG && !behindIsZero) {
    const detail = `${behind} bytes behind its ${frames} ${name} frames belong to none`;
    // What was promised may be there all the same: then these are a note.
    return { notes, problem: { reason: 'damaged', detail } };
  }
  return { notes };
}

interface Stated {
  readonly frames: number | undefined;
  readonly bytes: number | undefined;
}

/** What a Xing, Info or VBRI header in the first frame says of frames and bytes; undefined when there is none. */
function statedFrames(bytes: Uint8Array, frame: number): Stated | undefined {
  const view = viewOf(bytes);
  if (hasText(bytes, 'VBRI', frame + 36) && frame + 54 <= bytes.length) {
    return { bytes: view.getUint32(frame + 46), frames: view.getUint32(frame + 50) };
  }
  // The header follows the frame's side information, whose length depends on version and channels.
  const header = [13, 21, 36]
    .map((offset) => frame + offset)
    .find((offset) => hasText(bytes, 'Xing', offset) || hasText(bytes, 'Info', offset));
  if (header === undefined || header + 16 > bytes.length) return undefined;
  const flags = view.getUint32(header + 4);
  const hasFrames = (flags & 1) !== 0;
  return {
    frames: hasFrames ? view.getUint32(header + 8) : undefined,
    bytes: (flags & 2) !== 0 ? view.getUint32(header + (hasFrames ? 12 : 8)) : undefined,
  };
}

/** Of a header that counts bytes and no frames. */
function tooFewBytes(
  bytes: Uint8Array,
  { first = 0 }: FrameWalk,
  stated: Stated | undefined,
): Structure['problem'] {
  const size = bytes.length - first;
  if (stated?.bytes === undefined || size >= stated.bytes) return undefined;
  return { reason: 'truncated', detail: `its first frame promises ${stated.bytes} bytes, it holds ${size}` };
}
