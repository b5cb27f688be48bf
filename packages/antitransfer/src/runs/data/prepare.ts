import { Random } from 'onnx-autograd';
import type { Config, DataSettings } from '../config/schema.js';
import { listNoises, type NoiseRecording } from '../../data/corpora/add-noise.js';
import type { Clip } from '../../data/clip.js';
import { loadCorpus } from '../../data/corpora/registry.js';
import { UserError } from '../../errors.js';
import type { FeatureCache } from '../../data/features/store/cache.js';
import { extractFeatures } from '../../data/features/extract.js';
import { folds, makeSplit } from '../../data/splits/registry.js';
import type { Split } from '../../data/splits/split.js';
import type { OrthogonalRound, Prepared, Round } from './prepared.js';

export interface PrepareOptions {
  readonly cache: FeatureCache;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What is known of a seed before its clips have a place in the list. */
interface Draft {
  readonly seed: number;
  readonly fold: number | undefined;
  readonly split: Split;
  readonly orthogonal: readonly {
    readonly classes: readonly string[];
    readonly train: readonly Clip[];
    readonly validation: readonly Clip[];
  }[];
}

/**
 * Loads the corpora, splits them for every seed (and fold), and computes the features of every clip that is used.
 *
 * @throws UserError when a corpus, a label column or a file is not as the configuration says.
 */
export async function prepare(
  config: Config,
  options: PrepareOptions,
): Promise<{ prepared: Prepared; features: Float32Array }> {
  const corpus = await loadData(config.data, [config.target]);
  const sources = await Promise.all(
    config.orthogonal.map(async ({ data, column }) => ({
      column,
      clips: data ? await loadData(data, [column]) : undefined,
    })),
  );
  const targetClasses = classesOf(corpus, config.target);
  const noises = config.data.noise === null ? [] : await listNoises(config.data.noise);
  const seeds = Array.from({ length: config.seeds }, (_, i) => config.firstSeed + i);
  const drafts = seeds.flatMap((seed) =>
    folds(config.split).map((fold) => draft(config, corpus, sources, noises, seed, fold)),
  );

  const pool = new Map<string, Clip>();
  for (const { split, orthogonal } of drafts) {
    const used = [split, ...orthogonal].flatMap((side) => [...side.train, ...side.validation]);
    for (const clip of [...used, ...split.test]) pool.set(keyOf(clip), clip);
  }
  const keys = [...pool.keys()].sort();
  const wanted = keys.map((key) => pool.get(key) as Clip);
  const extracted = await extractFeatures(wanted, config.features, {
    cache: options.cache,
    onProblem: config.data.problems,
    ...(options.onProgress && { onProgress: ({ done, total }) => options.onProgress?.(done, total) }),
    ...(options.signal && { signal: options.signal }),
  });
  const places = new Map(extracted.clips.map((clip, place) => [keyOf(clip), place]));
  const prepared: Prepared = {
    clips: extracted.clips,
    shape: extracted.shape,
    targetClasses,
    rounds: drafts.map((one) => toRound(one, places)),
  };
  return { prepared, features: extracted.data };
}

async function loadData(data: DataSettings, columns: readonly string[]): Promise<readonly Clip[]> {
  if (data.path === null) {
    throw new UserError(`data.path: the corpus "${data.corpus}" needs a path: where are the recordings?`);
  }
  const { clips } = await loadCorpus(data.corpus, data.path, data.levels ? { levels: data.levels } : {});
  const known = new Set(clips.flatMap((clip) => Object.keys(clip.labels)));
  for (const column of columns) {
    if (!known.has(column)) {
      throw new UserError(
        `The clips of "${data.path}" have no label "${column}"; labels are ${[...known].join(', ')}.`,
      );
    }
  }
  return clips;
}

function classesOf(clips: readonly Clip[], column: string): string[] {
  const found = new Set(clips.flatMap((clip) => clip.labels[column] ?? []));
  return [...found].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function draft(
  config: Config,
  corpus: readonly Clip[],
  sources: readonly { readonly column: string; readonly clips: readonly Clip[] | undefined }[],
  noises: readonly NoiseRecording[],
  seed: number,
  fold: number | undefined,
): Draft {
  const random = new Random(seed).fork('split');
  const task = { target: config.target, orthogonal: sources[0]?.column as string };
  const split = makeSplit(corpus, config.split, { ...task, noises }, random, fold);
  const orthogonal = sources.map(({ column, clips }) => {
    const sides = orthogonalSides(split, clips, column, random);
    return { classes: classesOf([...sides.train, ...sides.validation], column), ...sides };
  });
  return { seed, fold, split, orthogonal };
}

/** The clips of an orthogonal network: those that the split sets aside, or the training clips, or another corpus. */
function orthogonalSides(split: Split, other: readonly Clip[] | undefined, column: string, random: Random) {
  if (other === undefined && split.penalty) return split.penalty;
  const clips = other ?? split.train;
  const settings = { kind: 'stratified', fractions: { train: 0.8, validation: 0.1, test: 0.1 } } as const;
  const task = { target: column, orthogonal: column };
  const { train, validation, test } = makeSplit(clips, settings, task, random.fork(column));
  return { train, validation: [...validation, ...test] };
}

/** Two stretches of one file, or one file with two noises, are two clips. */
function keyOf({ path, start = 0, duration = -1, noise }: Clip): string {
  return JSON.stringify([path, start, duration, noise?.path, noise?.start, noise?.snr]);
}

function toRound({ seed, fold, split, orthogonal }: Draft, places: ReadonlyMap<string, number>): Round {
  const located = (clips: readonly Clip[]) => clips.flatMap((clip) => places.get(keyOf(clip)) ?? []);
  const { contradicts } = split;
  return {
    seed,
    fold,
    description: split.description,
    train: located(split.train),
    validation: located(split.validation),
    test: located(split.test),
    contradicting: contradicts ? located(split.test.filter((clip) => contradicts(clip))) : undefined,
    orthogonal: orthogonal.map(
      ({ classes, train, validation }): OrthogonalRound => ({
        classes,
        train: located(train),
        validation: located(validation),
      }),
    ),
  };
}
