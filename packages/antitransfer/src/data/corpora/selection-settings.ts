import { z } from 'zod';
import { normaliseLabel } from './label.js';

/** A label as YAML has it: `7` and `true` are text, too. */
const label = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => normaliseLabel(String(value)));

const labelRules = z.strictObject({
  rename: z
    .record(
      z.string(),
      label.refine(
        (name) => name !== '',
        'a label has a name; to leave clips out, name their label under drop',
      ),
    )
    .optional()
    .describe('What labels are called instead; two of one name are merged: `{ exc: hap }`'),
  keep: z.array(label).min(1).optional().describe('Clips with any other label are left out'),
  drop: z.array(label).min(1).optional().describe('Clips with these labels are left out'),
  balance: z
    .union([z.literal('rarest'), z.int().positive()])
    .optional()
    .describe(
      'At most so many clips of each label, or as many as the rarest label has (`rarest`); drawn by their ids, always the same',
    ),
});

/** Which clips of a corpus are used, and what their labels are called. */
export const selectionSettings = {
  where: z
    .record(z.string(), z.union([label, z.array(label).min(1)]))
    .optional()
    .describe('Only clips whose columns have these labels are used: `{ language: de, session: [1, 2] }`'),
  labels: z
    .record(z.string(), labelRules)
    .optional()
    .describe(
      'By label column: `rename` (and so merge) labels, then `keep` or `drop` some, then `balance` the others: `{ emotion: { rename: { exc: hap }, drop: [xxx], balance: rarest } }`',
    ),
  missingLabels: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe(
      'What to do about clips without a label in a column that is used: stop and name them, or go on without them',
    ),
} as const;

/** Rules for the labels of one column. */
export type LabelRules = z.infer<typeof labelRules>;

/** {@link selectionSettings}, read. */
export interface Selection {
  readonly where?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly labels?: Readonly<Record<string, LabelRules>> | undefined;
  readonly missingLabels: 'fail' | 'skip';
}
