import type { Container, StructureProblem } from './container.js';
import { withoutTags } from './tags.js';

/**
 * Another recording of the same kind behind the first, as copying files one behind the other leaves it. Decoders of formats
 * whose recordings say where they end would leave it out without a word.
 */
export function secondRecording(bytes: Uint8Array, container: Container): StructureProblem | undefined {
  const end = container.end?.(bytes);
  if (end === undefined || end <= 0 || end >= bytes.length) return undefined;
  const rest = withoutTags(bytes.subarray(end)).bytes;
  if (!container.recognises(rest)) return undefined;
  const at = rest.byteOffset - bytes.byteOffset;
  const detail = `a second recording begins at byte ${at}, behind the first; write each to a file of its own`;
  return { reason: 'unreadable', detail };
}

/** Zeros that only pad a file. */
const FEW_ZEROS = 16;

/** What stands behind a recording that says where it ends, and is no other one: a note of it. */
export function behindNotes(bytes: Uint8Array, container: Container): string[] {
  const end = container.end?.(bytes);
  if (end === undefined || end <= 0 || end >= bytes.length) return [];
  const rest = bytes.subarray(end);
  if (rest.some((byte) => byte !== 0))
    return [`${bytesText(rest.length)} behind its end and ${rest.length === 1 ? 'is' : 'are'} not read`];
  return rest.length > FEW_ZEROS ? [`${rest.length} zero bytes stand behind it`] : [];
}

function bytesText(count: number): string {
  return count === 1 ? '1 byte stands' : `${count} bytes stand`;
}
