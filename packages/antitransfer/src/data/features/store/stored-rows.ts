import { itemAt } from '../../../lookup.js';
import { eachPack } from './pack-index.js';

/** What is stored of a clip besides its features. */
export interface StoredRow {
  /** Of the features' bytes: clips that sound the same have the same. */
  readonly digest: string;
  /** Of the clip: samples at the settings' rate, before they were cut or padded. */
  readonly length: number;
  /** The loudest sample of what the features were computed from, of a full scale of 1. */
  readonly peak: number;
}

/** What a folder has of those keys. */
export async function storedRows(
  folder: string,
  rowLength: number,
  keys: readonly (string | undefined)[],
): Promise<Map<string, StoredRow>> {
  const wanted = new Set(keys);
  const stored = new Map<string, StoredRow>();
  await eachPack(folder, rowLength, (_, { keys: found, digests, lengths, peaks }) => {
    for (const [row, key] of found.entries()) {
      if (!wanted.has(key)) continue;
      stored.set(key, {
        digest: itemAt(digests, row),
        length: itemAt(lengths, row),
        peak: itemAt(peaks, row),
      });
    }
  });
  return stored;
}
