import type { Random } from 'onnx-autograd/random';
import { deal } from '../../analysis/deal.js';
import type { Clip } from '../../data/clip.js';
import { makeSplit } from '../../data/splits/make-split.js';
import type { Recordings } from '../../data/splits/recordings.js';
import { type Split, SplitError } from '../../data/splits/split.js';
import { UserError } from '../../errors.js';
import { entryOf } from '../../lookup.js';
import type { OrthogonalSettings } from '../config/schema.js';
import { classesOf } from './classes.js';

/** The clips of an orthogonal network. */
export interface TaskSides {
  readonly train: readonly Clip[];
  readonly validation: readonly Clip[];
  /** Labels of one recording only, which cannot be on both sides: learned and not validated, or left out. */
  readonly rare: readonly RareLabel[];
}

export interface RareLabel {
  readonly label: string;
  readonly clips: number;
}

/** Parts that train an orthogonal network and choose its epoch. */
const parts = { train: 0.8, validation: 0.2 } as const;

/**
 * The clips of an orthogonal network: those that the split sets aside, or the training clips, or those of another corpus,
 * divided so that each label trains and validates. A label of one recording only trains, or is left out (`rare`). Where the
 * split keeps the task's own labels apart (of speakers, say, in a split over noises), those that it sets aside to train are divided.
 *
 * @param split of the target; its test is never among them
 * @param other the clips of the task's own corpus
 * @throws UserError in the words of the orthogonal task when there is nothing to learn or to validate with
 */
export function taskSides(
  { column, name, rare }: OrthogonalSettings,
  split: Split,
  other: readonly Clip[] | undefined,
  recordings: Recordings,
  random: Random,
): TaskSides {
  const { penalty } = split;
  if (other === undefined && penalty && shareLabels(penalty.train, penalty.validation, column))
    return { ...penalty, rare: [] };
  const clips = other ?? penalty?.train ?? split.train;
  const where = other === undefined ? 'training clips of this split' : 'clips of its own corpus';
  const [only, second] = classesOf(clips, column);
  if (only !== undefined && second === undefined) {
    throw new UserError(
      `The orthogonal task "${name}": all ${where} have the ${column} "${only}", so no network can learn the ${column} from ` +
        `them. Bring clips of more ${column} labels, or choose a split that leaves the training side two or more.`,
    );
  }
  return (
    stratified(clips, column, recordings, random) ??
    withRare(clips, where, { column, name, rare }, recordings, random)
  );
}

function shareLabels(some: readonly Clip[], others: readonly Clip[], column: string): boolean {
  const labels = new Set(classesOf(some, column));
  return classesOf(others, column).some((label) => labels.has(label));
}

/** Undefined where some label has too few recordings. */
function stratified(
  clips: readonly Clip[],
  column: string,
  recordings: Recordings,
  random: Random,
): TaskSides | undefined {
  const settings = {
    kind: 'stratified',
    fractions: { train: parts.train, validation: 0.1, test: 0.1 },
  } as const;
  try {
    const context = { target: column, orthogonal: column, recordings };
    const { train, validation, test } = makeSplit(clips, settings, context, random.fork(column));
    return { train, validation: [...validation, ...test], rare: [] };
  } catch (error) {
    if (error instanceof SplitError) return undefined;
    throw error;
  }
}

function withRare(
  clips: readonly Clip[],
  where: string,
  { column, name, rare: rule }: Pick<OrthogonalSettings, 'column' | 'name' | 'rare'>,
  recordings: Recordings,
  random: Random,
): TaskSides {
  const byLabel = new Map<string, Clip[]>(classesOf(clips, column).map((label) => [label, []]));
  for (const clip of clips) entryOf(byLabel, clip.labels[column] ?? '').push(clip);
  const isRare = (label: string) => recordings.group(entryOf(byLabel, label)).size < 2;
  const rare = [...byLabel.keys()].filter(isRare);
  const set = new Set(rare);
  const common = clips.filter(({ labels }) => !set.has(labels[column] ?? ''));
  const items = common.map((clip) => ({ label: clip.labels[column] ?? '', group: recordings.of(clip) }));
  const sideOf = deal(items, [parts.train, parts.validation], random.fork(`${column} of few clips`));
  const train = clips.filter((clip) => rule === 'train' && set.has(clip.labels[column] ?? ''));
  const on = (side: number) => common.filter((_, index) => sideOf[index] === side);
  const sides = { train: [...on(0), ...train], validation: on(1) };
  if (classesOf(sides.train, column).length < 2 || sides.validation.length === 0) {
    const most = Math.max(...[...byLabel.values()].map((ofLabel) => recordings.group(ofLabel).size));
    throw new UserError(
      `The orthogonal task "${name}" cannot be learned and validated: among the ${clips.length} ${where}, ${rare.length} of ` +
        `${byLabel.size} labels of ${column} have one recording only, and none has more than ${most}. Bring more recordings ` +
        'of each, give the task a corpus of its own (orthogonal.data), or a network (orthogonal.model).',
    );
  }
  return { ...sides, rare: rare.map((label) => ({ label, clips: entryOf(byLabel, label).length })) };
}
