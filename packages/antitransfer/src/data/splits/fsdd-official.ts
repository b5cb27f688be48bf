import { z } from 'zod';
import type { Clip } from '../clip.js';
import { labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { type Split, SplitError } from './split.js';

const schema = z.strictObject({
  kind: z.literal('fsdd-official').describe("Free Spoken Digit Dataset's own test takes."),
});

const FIRST_VALIDATION_TAKE = 5;
const FIRST_TRAINING_TAKE = 10;

export const fsddOfficial = defineSplit({
  name: 'fsdd-official',
  description:
    "Free Spoken Digit Dataset's own test: takes 0 to 4; validation takes 5 to 9, the rest for training.",
  settings: schema,
  validation: () => 'training-like',
  columns: () => ['take'],
  create: (_, clips) => fsddOfficialSplit(clips),
});

/** Takes 0 to 4 test (the corpus's README), 5 to 9 validate (our choice), the rest train. */
function fsddOfficialSplit(clips: readonly Clip[]): Split {
  const between = (low: number, high: number) =>
    clips.filter((clip) => takeOf(clip) >= low && takeOf(clip) < high);
  return {
    train: between(FIRST_TRAINING_TAKE, Number.POSITIVE_INFINITY),
    validation: between(FIRST_VALIDATION_TAKE, FIRST_TRAINING_TAKE),
    test: between(0, FIRST_VALIDATION_TAKE),
    description: 'fsdd-official: takes 0 to 4 are the test, 5 to 9 the validation',
  };
}

function takeOf(clip: Clip): number {
  const take = labelOf(clip, 'take');
  if (/^\d+$/.test(take)) return Number(take);
  throw new SplitError(
    `Clip "${clip.id}" has the take "${take}", which is no whole number. The split "fsdd-official" is for FSDD.`,
  );
}
