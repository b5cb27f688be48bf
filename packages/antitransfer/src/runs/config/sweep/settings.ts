import { z } from 'zod';

const range = z
  .strictObject({
    low: z.number().describe('The smallest value'),
    high: z.number().describe('The largest value'),
    scale: z
      .enum(['uniform', 'log'])
      .default('uniform')
      .describe('Whether values are drawn uniformly, or their logarithms are'),
    integer: z.boolean().default(false).describe('Whole numbers only; others have three digits'),
  })
  .refine(({ low, high }) => low < high, { path: ['high'], message: 'it must be above low' })
  .refine(({ low, scale }) => scale === 'uniform' || low > 0, {
    path: ['low'],
    message: 'the logarithm wants numbers above 0',
  })
  .refine(({ low, high, integer }) => !integer || (Number.isInteger(low) && Number.isInteger(high)), {
    path: ['low'],
    message: 'low and high of whole numbers are whole numbers',
  });

const list = z.array(z.unknown()).min(1);

function keyed<Values extends z.ZodType>(values: Values) {
  const isNotEmpty = (record: object) => Object.keys(record).length > 0;
  return z.record(z.string(), values).refine(isNotEmpty, 'name one key or more, by its dotted path');
}

const halving = z
  .strictObject({
    by: z
      .enum(['repetitions', 'epochs'])
      .default('repetitions')
      .describe(
        'What a rung gives its cells more of. Repetitions (seeds, or folds of them): those who go on keep what they have. Epochs: trainings of the first repetition with so many epochs, to the end of their schedule, begun anew in each rung',
      ),
    start: z.number().int().min(1).default(1).describe('Repetitions, or epochs, of the first rung'),
    factor: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('Of so many cells one goes on, to a rung of so many times the repetitions or epochs'),
    keep: z.number().int().min(1).default(1).describe('Cells that are trained in full and tested, at least'),
    method: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'By whose accuracy on validation clips a cell is judged, by its id; null for the best of those that are not the same in all cells',
      ),
  })
  .describe(
    'Successive halving: cells of this part compete, for each combination of the other parts anew. Rung by rung the best on validation clips go on; the others are dropped, and never tested',
  );

const competing = { halving: halving.optional() };

const grid = z
  .strictObject({
    kind: z.literal('grid').optional(),
    values: keyed(list).describe('A list of values for each key, by its dotted path'),
    ...competing,
  })
  .describe('Every combination of the values; meant where no kind is named');

const zip = z
  .strictObject({
    kind: z.literal('zip'),
    values: keyed(list).describe('Lists of one length, by the dotted paths of their keys'),
    names: z
      .array(
        z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name is letters, digits, dots, dashes and underscores'),
      )
      .optional()
      .describe('What cells are called by, one for each row of the lists; the values when absent'),
  })
  .describe('Lists side by side: the first value of each, the second of each, and so on');

const random = z
  .strictObject({
    kind: z.literal('random'),
    values: keyed(z.union([list, range])).describe('A list or a range for each key, by its dotted path'),
    cells: z.number().int().min(1).max(10_000).describe('The budget: how many cells are drawn'),
    seed: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe('The same seed draws the same values; a larger budget only adds to them'),
    ...competing,
  })
  .describe('Values drawn at random, of each key for itself');

const part = z.discriminatedUnion('kind', [grid, zip, random]);

/** Values for keys of a configuration, each combination of which is a comparison: a cell. */
export const sweepSettings = z
  .union([part, z.array(part).min(1)])
  .describe(
    'For `antitransfer sweep`: values for any key by its dotted path (`tap`, `network.width`; entries of lists by id, name or number, `methods.cka.objectives.0.beta`). Each combination is a comparison; a list of parts is every combination of theirs',
  );

export type HalvingSettings = z.infer<typeof halving>;
export type SweepPart = z.infer<typeof part>;
export type SweepRange = z.infer<typeof range>;
