import { z } from 'zod';
import { canonicalJson } from '../../files/canonical-json.js';
import { shortDigest } from '../../files/digest.js';

/** Names a thing of the store by its content: 32 hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{32}$/, 'a digest is 32 hexadecimal digits');

/**
 * Clips in an order, with what a job looks at: their sound (a row of the features, by content) and the labels of its
 * columns. No path or name, and no label of another column: renaming a file or correcting such a label changes nothing here.
 */
export const clipSet = z.strictObject({
  version: z.literal(2),
  clips: z.array(
    z.strictObject({
      /** Of the clip's features. */
      key: digest,
      labels: z.record(z.string(), z.string()),
      /** Which clip of the set it is a window of, in the order of the clips; absent of a clip that is no window. */
      windowOf: z.int().nonnegative().optional(),
      /** Where several clips are of one recording, the first one's index: a probe never learns from one and reads another. */
      recording: z.int().nonnegative().optional(),
    }),
  ),
});

/** Clips in an order, with the labels that jobs look at; it names no file. */
export type ClipSet = z.infer<typeof clipSet>;

/** The name of a set in the store. */
export function digestOfSet(set: ClipSet): string {
  return shortDigest(canonicalJson(set));
}
