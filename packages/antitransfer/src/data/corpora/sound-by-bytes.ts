import { closeSync, openSync, readSync } from 'node:fs';
import { hasText } from '../audio/containers/container.js';
import { containerOf } from '../audio/containers/registry.js';
import { withoutTags } from '../audio/containers/tags.js';

/** Bytes of a look at a file: a few frames of MP3. */
const GLANCE_BYTES = 8192;

/** Pictures that lie in boxes as MP4 does; a mark of UTF-16 that looks like the beginning of a frame of MP3. */
const isOther = (bytes: Uint8Array) =>
  ['heic', 'heix', 'mif1', 'avif'].some((brand) => hasText(bytes, brand, 8)) || hasText(bytes, '\xff\xfe');

/**
 * What kind of recording a file is by its first bytes, whatever its name ends with: `WAV`; undefined when it is none that is
 * read, or cannot be looked at.
 */
export function soundByBytes(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(GLANCE_BYTES);
    const glance = bytes.subarray(0, readSync(file, bytes, 0, GLANCE_BYTES, 0));
    return isOther(glance) ? undefined : containerOf(withoutTags(glance).bytes)?.name;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
