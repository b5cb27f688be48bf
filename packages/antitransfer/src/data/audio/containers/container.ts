/** What is wrong with a file's own structure. */
export interface StructureProblem {
  readonly reason: 'truncated' | 'damaged' | 'unreadable';
  /** Finishes the sentence "The file is truncated: ...". */
  readonly detail: string;
}

/** What a file's own structure says, whatever a decoder makes of it. */
export interface Structure {
  /** What a decoder is given: more than one recording where several follow each other. The file as it is when absent. */
  readonly parts?: readonly Uint8Array[];
  /** Samples of each part by its own word, where decoders give whole packets; undefined where it does not say. */
  readonly ends?: readonly (number | undefined)[];
  /** Samples a channel that the header promises; undefined when it does not say. */
  readonly promised?: number | undefined;
  /** Samples a channel that are all there is by a word that is often wrong: where they come out, nothing is missing. */
  readonly enough?: number | undefined;
  readonly problem?: StructureProblem | undefined;
  /** What a header or a flag gets wrong about data that are whole. */
  readonly notes?: readonly string[];
}

/** A kind of file: how to know it, and what its structure tells. */
export interface Container {
  /** As people call it. */
  readonly name: string;
  /** What names of such files end with, in lower case. */
  readonly endings: readonly string[];
  recognises(bytes: Uint8Array): boolean;
  /**
   * What says how much is in the file: `bytes`, which `inspect` compares; `packets`, a list of them; `elements` that lie in
   * each other, whose sizes FFmpeg compares; else what FFmpeg finds of durations.
   */
  readonly lengthIn?: 'bytes' | 'packets' | 'elements';
  /**
   * Where the recording ends by its own word, with all that belongs to it, and another may begin that no decoder would find;
   * undefined when it does not say. What stands behind is noted. Absent where `inspect` finds both.
   */
  end?(bytes: Uint8Array): number | undefined;
  /** Absent where nothing is known but what FFmpeg says. */
  inspect?(bytes: Uint8Array): Structure;
}

/** Whether bytes at an offset are these Latin-1 characters. */
export function hasText(bytes: Uint8Array, text: string, offset = 0): boolean {
  if (offset < 0 || offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Whether a size that a file does not have is what programs write that stream and do not know it yet: all ones, in 32 or
 * 64 bits, or those but for the sign, less what a header takes.
 */
export function isUnknownSize(size: number): boolean {
  return (
    (size >= 0x7f000000 && size <= 0x80000000) ||
    (size >= 0xff000000 && size <= 0xffffffff) ||
    size >= 2 ** 62
  );
}

export const unknownSizeNote =
  'its header does not say how long it is (it was streamed); it was read to its end';
