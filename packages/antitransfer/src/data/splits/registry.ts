import type { Random } from 'onnx-autograd/random';
import { codeUnitOrder } from '../../numbers/order.js';
import type { Clip } from '../clip.js';
import type { NoiseRecording } from '../corpora/add-noise.js';
import { checkSplit, type SplitCheck } from './check.js';
import { confoundedSplit } from './confounded.js';
import { confoundedNoiseSplit } from './confounded-noise.js';
import { fsddOfficialSplit } from './fsdd-official.js';
import { groupSplit } from './group.js';
import { kFoldSplit } from './k-fold.js';
import { listsSplit } from './lists.js';
import { randomSplit } from './random.js';
import { Recordings } from './recordings.js';
import type { SplitSettings } from './settings.js';
import { onSides, type Split, SplitError, type SplitTask } from './split.js';
import { stratifiedSplit } from './stratified.js';

export interface SplitContext extends SplitTask {
  /** For `confounded-noise`: the recordings to be mixed in. */
  readonly noises?: readonly NoiseRecording[];
}

/** The folds to go through: 0 to k - 1, or one `undefined` for a split without folds. */
export function folds(settings: SplitSettings): (number | undefined)[] {
  return settings.kind === 'k-fold' ? Array.from({ length: settings.folds }, (_, fold) => fold) : [undefined];
}

/**
 * Divides clips into training, validation and test, and checks that nothing leaks: clips of one file, whatever
 * segments of it they are, are on one side, and so is a group where the split has groups. The same for the same seed,
 * whatever the order of the clips; each side is sorted by id. Does not advance `random`.
 *
 * ```ts
 * const settings = splitSettings.parse({ kind: 'confounded', owners: 5, order: 'take' });
 * const split = makeSplit(corpus.clips, settings, { target: 'digit', orthogonal: 'speaker' }, new Random(1));
 * split.train.length; // 360
 * ```
 *
 * @param fold from 0, for `k-fold`
 * @throws SplitError when the clips do not allow the split
 */
export function makeSplit(
  clips: readonly Clip[],
  settings: SplitSettings,
  context: SplitContext,
  random: Random,
  fold?: number,
): Split {
  const sorted = [...clips].sort(byId);
  for (const [index, { id }] of sorted.entries()) {
    if (sorted[index + 1]?.id === id)
      throw new SplitError(`Two clips have the id "${id}". Ids must be unique.`);
  }
  const recordings = new Recordings();
  const split = divide(sorted, settings, context, recordings, random.fork(`split ${settings.kind}`), fold);
  return checkSplit(sortSides(split), checkOf(settings, context), recordings);
}

function divide(
  clips: readonly Clip[],
  settings: SplitSettings,
  context: SplitContext,
  recordings: Recordings,
  random: Random,
  fold: number | undefined,
): Split {
  switch (settings.kind) {
    case 'random':
      return randomSplit(clips, settings, recordings, random);
    case 'stratified':
      return stratifiedSplit(clips, settings.fractions, context.target, recordings, random);
    case 'group':
      return groupSplit(clips, settings, context, recordings, random);
    case 'k-fold':
      return kFoldSplit(clips, settings, context, recordings, random, fold);
    case 'lists':
      return listsSplit(clips, settings);
    case 'fsdd-official':
      return fsddOfficialSplit(clips);
    case 'confounded':
      return confoundedSplit(clips, settings, context, recordings, random);
    case 'confounded-noise':
      return confoundedNoiseSplit(clips, settings, context, context.noises ?? [], recordings, random);
  }
}

function checkOf(settings: SplitSettings, { target }: SplitContext): SplitCheck {
  switch (settings.kind) {
    case 'group':
    case 'confounded-noise':
      return { target, group: settings.column };
    case 'k-fold':
      // A small fold may lack a class; all folds together test every class.
      return { target, group: settings.column, everyClassIn: ['train'] };
    default:
      return { target };
  }
}

function sortSides(split: Split): Split {
  const sorted = (clips: readonly Clip[]) => [...clips].sort(byId);
  const { penalty } = split;
  return {
    ...split,
    ...onSides((side) => sorted(split[side])),
    ...(penalty && { penalty: { train: sorted(penalty.train), validation: sorted(penalty.validation) } }),
  };
}

function byId(a: Clip, b: Clip): number {
  return codeUnitOrder(a.id, b.id);
}
