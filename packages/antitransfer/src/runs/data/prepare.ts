import type { Clip } from '../../data/clip.js';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { wholeClips } from '../../data/segments/whole-clips.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import { entryOf } from '../../lookup.js';
import { codeUnitOrder } from '../../numbers/order.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment, OrthogonalSettings } from '../config/schema.js';
import type { ClipSet } from '../store/clip-set.js';
import type { Store } from '../store/store.js';
import { drawnClips } from './cut-drawn.js';
import type { DrawnSplits, Repetition } from './draw-splits.js';

export interface PrepareOptions {
  readonly store: Store;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** An experiment's data, ready to be trained on: features and sets of clips are in the store. */
export interface PreparedData {
  /** `[1, frames, bins]` of each clip's features. */
  readonly shape: readonly [number, number, number];
  /** Labels of the target. */
  readonly classes: readonly string[];
  readonly repetitions: readonly PreparedRepetition[];
}

/** The data of one seed (and fold). Sets are named by their content. */
export interface PreparedRepetition {
  readonly seed: number;
  readonly fold: number | undefined;
  readonly description: string;
  /** The training clips without labels: features are standardised by their sound. */
  readonly standardisation: PreparedSet;
  readonly train: PreparedSet;
  readonly validation: PreparedSet;
  readonly test: PreparedSet;
  /** Ids of the test clips whose orthogonal label contradicts what the training clips make believe. */
  readonly contradicts: ReadonlySet<string>;
  /** Of each orthogonal task, in the experiment's order. */
  readonly tasks: readonly PreparedTask[];
  /** The training clips with their labels of an orthogonal task, by its name: of those that a method looks at. */
  readonly groups: ReadonlyMap<string, PreparedSet>;
}

export interface PreparedTask {
  readonly settings: OrthogonalSettings;
  readonly classes: readonly string[];
  readonly train: PreparedSet;
  readonly validation: PreparedSet;
}

/** Clips whose features are stored: what the store holds of them, and where their recordings are on this machine. */
export interface PreparedSet {
  readonly digest: string;
  readonly clips: readonly Clip[];
}

/**
 * Stores the features of every clip that is used, and the sets of clips of every seed (and fold).
 *
 * @throws UserError when a corpus, a label column or a recording is not as the experiment says.
 * @throws the signal's reason when it aborts; what is computed stays computed.
 */
export async function prepare(
  experiment: Experiment,
  drawn: DrawnSplits,
  options: PrepareOptions,
): Promise<PreparedData> {
  const keys = await storeFeatures(experiment, drawn, options);
  const { frames, bins } = buildFrontEnd(experiment.features);
  const sets = new SetKeeper(options.store, keys);
  const repetitions: PreparedRepetition[] = [];
  for (const repetition of drawn.repetitions) {
    repetitions.push(await prepareRepetition(repetition, experiment, sets));
  }
  return { shape: [1, frames, bins], classes: drawn.classes, repetitions };
}

/** Stores the features of every clip, and returns their keys by clip. Recordings that cannot be used have none. */
async function storeFeatures(
  { features, data }: Experiment,
  drawn: DrawnSplits,
  { store, onProgress, signal }: PrepareOptions,
): Promise<ReadonlyMap<string, string>> {
  const clips = [...new Map(drawnClips(drawn).map((clip) => [soundOf(clip), clip])).entries()]
    .sort(([a], [b]) => codeUnitOrder(a, b))
    .map(([, clip]) => clip);
  const { keys } = await store.features.add(clips, features, {
    onProblem: data.problems,
    ...(onProgress && { onProgress: ({ done, total }) => onProgress(done, total) }),
    ...(signal && { signal }),
  });
  return new Map(
    clips.flatMap((clip, i) => {
      const key = keys[i];
      return key === undefined ? [] : [[soundOf(clip), key]];
    }),
  );
}

/** Two segments of one file, or one file with two noises, are two clips. */
function soundOf({ path, start = 0, duration = -1, noise }: Clip): string {
  return JSON.stringify([path, start, duration, noise?.path, noise?.start, noise?.snr]);
}

async function prepareRepetition(
  { seed, fold, split, tasks }: Repetition,
  experiment: Experiment,
  sets: SetKeeper,
): Promise<PreparedRepetition> {
  const { target, orthogonal } = experiment;
  const prepared: PreparedTask[] = [];
  for (const { settings, classes, train, validation } of tasks) {
    const columns = [settings.column];
    prepared.push({
      settings,
      classes,
      train: await sets.keep(train, columns),
      validation: await sets.keep(validation, columns),
    });
  }
  const columns = orthogonal.map(({ column }) => column);
  const test = await sets.keep(split.test, [target, ...columns]);
  return {
    seed,
    fold,
    description: split.description,
    standardisation: await sets.keep(split.train, []),
    train: await sets.keep(split.train, [target]),
    validation: await sets.keep(split.validation, [target]),
    test,
    contradicts: new Set(
      wholeClips(test.clips)
        .filter((clip) => split.contradicts?.(clip))
        .map(({ id }) => id),
    ),
    tasks: prepared,
    groups: await prepareGroups(split.train, experiment, sets),
  };
}

/** Labels of the training clips that methods look at beside the target's; a plan's check has seen that they are there. */
async function prepareGroups(
  train: readonly Clip[],
  experiment: Experiment,
  sets: SetKeeper,
): Promise<Map<string, PreparedSet>> {
  const groups = new Map<string, PreparedSet>();
  const [first] = experiment.orthogonal;
  for (const { objectives } of methodsOf(experiment)) {
    for (const settings of objectives) {
      const { seesLabels } = describeObjective(settings);
      const name = settings.orthogonal ?? first.name;
      const task = experiment.orthogonal.find((candidate) => candidate.name === name);
      if (!seesLabels || task === undefined || groups.has(name)) continue;
      groups.set(name, await sets.keep(train, [task.column]));
    }
  }
  return groups;
}

/** Stores sets of clips whose features are known. */
class SetKeeper {
  constructor(
    readonly store: Store,
    /** Of features, by the clip's sound. */
    readonly keys: ReadonlyMap<string, string>,
  ) {}

  async keep(all: readonly Clip[], columns: readonly string[]): Promise<PreparedSet> {
    const clips = all.filter((clip) => this.keys.has(soundOf(clip)));
    const wholes = new Map(wholeClips(clips).map((clip, number) => [clip, number]));
    const set: ClipSet = {
      version: 2,
      clips: clips.map((clip) => ({
        ...(clip.whole && { windowOf: entryOf(wholes, clip.whole) }),
        key: this.keys.get(soundOf(clip)) ?? '',
        labels: Object.fromEntries(
          columns.flatMap((column) => {
            const label = Object.hasOwn(clip.labels, column) ? clip.labels[column] : undefined;
            return label === undefined ? [] : [[column, label]];
          }),
        ),
      })),
    };
    return { digest: await this.store.keepSet(set), clips };
  }
}
