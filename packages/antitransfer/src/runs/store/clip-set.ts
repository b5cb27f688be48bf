import { z } from 'zod';
import { canonicalJson } from '../../files/canonical-json.js';
import { shortDigest } from '../../files/digest.js';

/** Names a thing of the store by its content: 32 hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{32}$/, 'a digest is 32 hexadecimal digits');

/**
 * Clips in an order, with what a job looks at: their sound (a row of the features, by content) and the labels of its
 * columns. No path, and no label of another column: correcting one changes nothing here.
 */
export const clipSet = z.strictObject({
  version: z.literal(1),
  clips: z.array(
    z.strictObject({
      /** Of the clip in its corpus, for people and for predictions. */
      id: z.string(),
      /** Of the clip's features. */
      key: digest,
      labels: z.record(z.string(), z.string()),
    }),
  ),
});

export type ClipSet = z.infer<typeof clipSet>;

/** The name of a set in the store. */
export function digestOfSet(set: ClipSet): string {
  return shortDigest(canonicalJson(set));
}
