import { z } from 'zod';
import type { Clip } from '../clip.js';
import { distinctLabels, labelOf } from './columns.js';
import { defineSplit } from './definition.js';
import { onSides, type Side, type Split, SplitError } from './split.js';

const ids = (side: string) => z.array(z.string()).describe(`Ids of the ${side} clips.`);
const label = (name: string, side: string) =>
  z.string().default(name).describe(`The label of the ${side} clips.`);

const eitherOr = 'Give either "clips" or "column", not both and not neither.';

const schema = z
  .strictObject({
    kind: z.literal('lists').describe('Sides that somebody has fixed: lists of clips, or a label column.'),
    clips: z
      .strictObject({ train: ids('training'), validation: ids('validation'), test: ids('test') })
      .optional()
      .describe('The clips of each side by their ids. Clips in no list are not used.'),
    column: z
      .string()
      .min(1)
      .optional()
      .describe('In place of `clips`: the label column that names the side, for example `list`.'),
    labels: z
      .strictObject({
        train: label('training', 'training'),
        validation: label('validation', 'validation'),
        test: label('testing', 'test'),
      })
      .prefault({})
      .describe('What `column` calls the sides. Clips with any other label are not used.'),
  })
  .refine(({ clips, column }) => (clips === undefined) !== (column === undefined), {
    error: eitherOr,
  });

export const lists = defineSplit({
  name: 'lists',
  description: 'Sides that somebody has fixed: lists of clips, or a label column that names the side.',
  settings: schema,
  validation: () => 'listed',
  columns: ({ column }) => (column === undefined ? [] : [column]),
  create: (settings, clips) => listsSplit(clips, settings),
});

/** The sides as listed. */
function listsSplit(clips: readonly Clip[], settings: z.infer<typeof schema>): Split {
  const { clips: lists, column, labels } = settings;
  if (lists !== undefined) return splitByIds(clips, lists);
  if (column !== undefined) return splitByColumn(clips, column, labels);
  throw new SplitError(eitherOr);
}

function splitByIds(clips: readonly Clip[], lists: Readonly<Record<Side, readonly string[]>>): Split {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const find = (side: Side) =>
    [...new Set(lists[side])].map((id) => {
      const clip = byId.get(id);
      if (clip !== undefined) return clip;
      throw new SplitError(
        `The list "${side}" names the clip "${id}", and there is none. Ids look like "${clips[0]?.id}".`,
      );
    });
  return { ...onSides(find), description: 'lists: as listed clip by clip' };
}

function splitByColumn(
  clips: readonly Clip[],
  column: string,
  labels: Readonly<Record<Side, string>>,
): Split {
  const found = distinctLabels(clips, column);
  const on = (side: Side) => {
    const chosen = clips.filter((clip) => labelOf(clip, column) === labels[side]);
    if (chosen.length > 0) return chosen;
    throw new SplitError(
      `No clip has the ${column} "${labels[side]}", which is to be the ${side} side. Labels are: ${found.join(', ')}. ` +
        'Set "labels" to those that name the sides.',
    );
  };
  return { ...onSides(on), description: `lists: as the column "${column}" says` };
}
