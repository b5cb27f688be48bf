import type { Random } from 'onnx-autograd/random';
import { UserError } from '../errors.js';
import { mostFrequentShare } from './chance.js';
import { deal } from './deal.js';
import { fitWithChosenPenalty } from './fit-with-penalty.js';
import { standardiser } from './logistic-regression.js';
import { linearReader, mlpReader, type ProbeReader } from './probe-reader.js';
import { probeSample } from './probe-sample.js';
import { giveWay, runSteps } from './run-steps.js';
import { requireFinite, type Vectors } from './vectors.js';

/** How a probe is trained and tested. */
export interface ProbeOptions {
  /** Settles folds; not advanced. */
  readonly random: Random;
  /** Default 5; fewer when there are fewer groups. */
  readonly folds?: number;
  /** The group of each vector, for example its recording: a group's vectors are never on two sides of a fold. */
  readonly groups?: readonly string[];
  /** What reads: multinomial logistic regression, or a perceptron with one hidden layer. Default linear. */
  readonly reader?: 'linear' | 'mlp';
}

export interface ProbeProgress {
  /** Fits that are done, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** How well a linear probe reads a label. */
export interface ProbeResult {
  /** Part of the vectors whose label is read, each by a probe that did not see it (nor its group), in [0, 1]. */
  readonly accuracy: number;
  /** Accuracy of always naming the most frequent label, in [0, 1]. */
  readonly chance: number;
  /** What was read where all would have taken too long: some labels and vectors, chosen at random. */
  readonly sample?: ProbedCounts & { readonly of: ProbedCounts };
}

/** How many labels and vectors. */
interface ProbedCounts {
  readonly labels: number;
  readonly vectors: number;
}

const FOLDS = 5;

/** Part of a fold's training vectors that chooses the strength. */
const CHOOSING_PART = 0.25;

/**
 * How well a classifier, by default a linear one, still reads a label from representations: multinomial logistic regression on
 * standardised features, cross-validated over stratified folds, its L2 penalty chosen in each fold by the
 * cross-entropy on a quarter of the training part (Alain and Bengio, arXiv 1610.01644). Of very many vectors and labels it
 * reads a sample, chosen by `random` (see `probeSample`).
 *
 * ```ts
 * probe(activations, speakers, { random }); // { accuracy: 0.93, chance: 0.17 }
 * ```
 *
 * @param representations shape (n, features)
 * @param labels shape (n)
 * @throws UserError when there is only one label, or only one group
 * @throws RangeError when the lengths differ or a feature is not finite
 */
export function probe(
  representations: Vectors,
  labels: readonly string[],
  options: ProbeOptions,
): ProbeResult {
  const steps = probeInSteps(representations, labels, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The same, letting others work between the fits.
 *
 * @throws the signal's reason when it aborts
 */
export async function probeUntilStopped(
  representations: Vectors,
  labels: readonly string[],
  { signal, onProgress, ...options }: ProbeOptions & ProbeProgress,
): Promise<ProbeResult> {
  const steps = probeInSteps(representations, labels, options);
  return runSteps(steps, (progress) => {
    onProgress?.(progress);
    return giveWay(signal);
  });
}

/** Stops after each fit, and says how many are done. */
function probeInSteps(
  all: Vectors,
  labels: readonly string[],
  { reader = 'linear', ...options }: ProbeOptions,
): Generator<{ done: number; total: number }, ProbeResult, void> {
  return reader === 'linear'
    ? readInSteps(all, labels, options, linearReader)
    : readInSteps(all, labels, options, mlpReader(options.random.fork('probe mlp')));
}

function* readInSteps<Model>(
  all: Vectors,
  allLabels: readonly string[],
  { random, folds = FOLDS, groups: allGroups }: ProbeOptions,
  reader: ProbeReader<Model>,
): Generator<{ done: number; total: number }, ProbeResult, void> {
  requireSound(all, allLabels, allGroups);
  const allItems = allLabels.map((label, index) => ({ label, group: allGroups?.[index] ?? String(index) }));
  const sample = probeSample(allItems, all[0]?.length ?? 0, random.fork('probe sample'));
  const representations = sample.map((index) => all[index]!);
  const items = sample.map((index) => allItems[index]!);
  const labels = items.map(({ label }) => label);
  const classes = [...new Set(labels)].sort();
  const codes = labels.map((label) => classes.indexOf(label));
  const used = Math.min(folds, new Set(items.map(({ group }) => group)).size);
  if (classes.length < 2 || used < 2) {
    throw new UserError(
      `A probe needs two labels and two groups or more; got ${classes.length} labels (${classes.join(', ')}) and ` +
        `${used} groups or folds. Test it on more varied clips.`,
    );
  }
  const equal = Array.from({ length: used }, () => 1 / used);
  const foldOf = deal(items, equal, random.fork('probe folds'));
  const total = used * (reader.penalties.length + 1);
  let [right, done] = [0, 0];
  for (let fold = 0; fold < used; fold++) {
    const seen = items.flatMap((_, index) => (foldOf[index] === fold ? [] : [index]));
    const unseen = items.flatMap((_, index) => (foldOf[index] === fold ? [index] : []));
    const standardise = standardiser(seen.map((index) => representations[index]!));
    const vectors = representations.map(standardise);
    const chosen = deal(
      seen.map((index) => items[index]!),
      [1 - CHOOSING_PART, CHOOSING_PART],
      random.fork(`probe penalty ${fold}`),
    );
    const fitting = seen.filter((_, index) => chosen[index] === 0);
    const choosing = seen.filter((_, index) => chosen[index] === 1);
    const on = (indices: readonly number[]) => ({
      vectors: indices.map((index) => vectors[index]!),
      labels: indices.map((index) => codes[index]!),
    });
    const fits = fitWithChosenPenalty(reader, on(fitting), on(choosing), on(seen), classes.length);
    let fit = fits.next();
    for (; !fit.done; fit = fits.next()) yield { done: ++done, total };
    yield { done: ++done, total };
    const predicted = reader.classify(fit.value, on(unseen).vectors);
    right += unseen.filter((index, at) => predicted[at] === codes[index]).length;
  }
  return {
    accuracy: right / labels.length,
    chance: mostFrequentShare(labels),
    ...(labels.length < all.length && {
      sample: {
        labels: classes.length,
        vectors: labels.length,
        of: { labels: new Set(allLabels).size, vectors: all.length },
      },
    }),
  };
}

function requireSound(
  representations: Vectors,
  labels: readonly string[],
  groups: readonly string[] | undefined,
): void {
  const { length } = representations;
  if (labels.length !== length || (groups !== undefined && groups.length !== length)) {
    throw new RangeError(
      `A probe needs a label for each vector; got ${length} vectors, ${labels.length} labels` +
        `${groups === undefined ? '' : ` and ${groups.length} groups`}.`,
    );
  }
  requireFinite(representations, 'a probe');
}
