import type { Random } from 'onnx-autograd/random';
import { codeUnitOrder } from '../../numbers/order.js';
import type { Clip } from '../clip.js';
import type { NoiseRecording } from '../corpora/add-noise.js';
import { checkSplit } from './check.js';
import type { SplitDefinition } from './definition.js';
import { Recordings } from './recordings.js';
import { type SplitSettings, splits } from './registry.js';
import { onSides, type Split, SplitError, type SplitTask } from './split.js';

export interface SplitContext extends SplitTask {
  /** For `confounded-noise`: the recordings to be mixed in. */
  readonly noises?: readonly NoiseRecording[];
  /** Label column of the corpus whose labels a split at random keeps together, such as its speakers. */
  readonly group?: string | undefined;
  /** What is known of the clips' recordings already; found out when absent. */
  readonly recordings?: Recordings;
}

/** The column whose labels a split keeps together without being told: what splits at random would tear apart. */
export function columnKeptTogether(
  { kind }: SplitSettings,
  { target, group }: SplitContext,
): string | undefined {
  return splits.find(kind).tearsGroups && group !== target ? group : undefined;
}

/** The column that a split is told to divide by, so that none of its labels is on two sides; undefined where there is none. */
export function columnOfGroups(settings: SplitSettings): string | undefined {
  return splits.find(settings.kind).check?.(settings).group;
}

/** The folds to go through: 0 to k - 1, or one `undefined` for a split without folds. */
export function folds(settings: SplitSettings): (number | undefined)[] {
  const count = splits.find(settings.kind).folds?.(settings);
  return count === undefined ? [undefined] : Array.from({ length: count }, (_, fold) => fold);
}

/**
 * Divides clips into training, validation and test, and checks that nothing leaks: clips of one file, whatever
 * segments of it they are, and of files with the same bytes are on one side, and so is a group where the split has groups.
 * The same for the same seed, whatever the order of the clips; each side is sorted by id. Does not advance `random`.
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
  const recordings =
    context.recordings ?? new Recordings(sorted, { column: columnKeptTogether(settings, context) });
  const definition = splits.find(settings.kind);
  const { target, noises = [] } = context;
  const draw = (fork: string) => {
    const parts = { ...context, noises, recordings, random: random.fork(fork), fold };
    const split = sortSides(definition.create(settings, sorted, parts));
    return checkSplit(split, { target, ...definition.check?.(settings) }, recordings);
  };
  const split = drawUntilSound(definition, draw);
  if (recordings.column === undefined) return split;
  return { ...split, description: `${split.description}; no ${recordings.column} is on two sides` };
}

/** Draws of one seed until a split is sound. */
const DRAWS = 20;

/**
 * The first sound split of a seed: where a draw leaves a class without clips on a side, another follows.
 *
 * @throws SplitError of the first draw when none is sound
 */
function drawUntilSound({ name, mayDrawAgain }: SplitDefinition, draw: (fork: string) => Split): Split {
  const first = `split ${name}`;
  let failure: SplitError;
  try {
    return draw(first);
  } catch (error) {
    if (!(error instanceof SplitError) || !mayDrawAgain) throw error;
    failure = error;
  }
  for (let again = 2; again <= DRAWS; again++) {
    try {
      const split = draw(`${first}, draw ${again}`);
      return {
        ...split,
        description: `${split.description}; draw ${again} of its seed, those before lacked a class`,
      };
    } catch (error) {
      if (!(error instanceof SplitError)) throw error;
    }
  }
  throw failure;
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
