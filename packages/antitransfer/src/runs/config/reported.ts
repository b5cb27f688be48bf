import { z } from 'zod';

const accuracy = z.strictObject({
  label: z.string().min(1).describe('What it is called in the table'),
  methods: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Beside which methods it stands: ids, or patterns of them (words-layer-*). Of several, the table has the one that validation clips choose, and the one that is best on the test',
    ),
  percent: z.number().min(0).max(100).describe('The accuracy on the test clips'),
});

/** What somebody else measured, to stand beside what is measured here. */
export const reportedSettings = z.strictObject({
  source: z.string().min(1).describe('Where it was published: arXiv 2006.06494'),
  accuracies: z.array(accuracy).min(1).describe('The numbers'),
});

export type Reported = z.infer<typeof reportedSettings>;
