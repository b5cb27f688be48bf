import type { DataAccount } from '../../data/account/account.js';
import type { Clip } from '../../data/clip.js';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { rowsByClip, wholeClips } from '../../data/segments/whole-clips.js';
import type { Recordings } from '../../data/splits/recordings.js';
import { groupBy } from '../../group-by.js';
import { looksOfCorrection } from '../../learning/corrections/registry.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import { entryOf, itemAt } from '../../lookup.js';
import { codeUnitOrder } from '../../numbers/order.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment, OrthogonalSettings } from '../config/schema.js';
import type { ClipSet } from '../store/clip-set.js';
import type { Store } from '../store/store.js';
import { accountOf } from './account.js';
import type { DrawnSplits, Repetition } from './draw-splits.js';
import { soundOf } from './found-out.js';
import { samplesOfTraining } from './samples.js';
import { type SettledSplits, type SettleOptions, settleSplits } from './settle-splits.js';

/** An experiment's data, ready to be trained on: features and sets of clips are in the store. */
export interface PreparedData {
  /** `[1, frames, bins]` of each clip's features. */
  readonly shape: readonly [number, number, number];
  /** Where the target's corpus lies on this machine. */
  readonly corpus: string | null;
  /** Labels of the target. */
  readonly classes: readonly string[];
  readonly repetitions: readonly PreparedRepetition[];
  /** What became of everything that was found. */
  readonly account: DataAccount;
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
  /** What the recording of a test clip is called, by the clip's id: the same in every repetition and on every machine. */
  readonly recordings: ReadonlyMap<string, string>;
  /** Ids of the test clips whose orthogonal label contradicts what the training clips make believe. */
  readonly contradicts: ReadonlySet<string>;
  /** Of each orthogonal task, in the experiment's order. */
  readonly tasks: readonly PreparedTask[];
  /** The training clips with their labels of an orthogonal task, by its name: of those that a method looks at. */
  readonly groups: ReadonlyMap<string, PreparedSet>;
  /**
   * The validation clips as corrections look at them, by the method's id: with the labels of the orthogonal task where they
   * look at these, telling which clips are of one recording.
   */
  readonly corrected: ReadonlyMap<string, PreparedSet>;
  /** The validation clips with their labels of the first orthogonal task, where its worst group chooses the epoch. */
  readonly choosing?: PreparedSet;
}

export interface PreparedTask {
  readonly settings: OrthogonalSettings;
  readonly classes: readonly string[];
  readonly train: PreparedSet;
  readonly validation: PreparedSet;
  /** The same clips as a probe reads them, which has to know what is of one recording; a training does not depend on that. */
  readonly probed: { readonly train: PreparedSet; readonly validation: PreparedSet };
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
  options: SettleOptions,
): Promise<PreparedData> {
  const { store } = options;
  const { drawn: settled, keys, heard, windows } = await settleSplits(experiment, drawn, options);
  const { frames, bins } = buildFrontEnd(experiment.features);
  await storeMissingSamples(experiment, { drawn: settled, keys }, options);
  const sets = new SetKeeper(store, keys, settled.recordings);
  const nameOf = recordingNames(settled);
  const repetitions: PreparedRepetition[] = [];
  for (const repetition of settled.repetitions) {
    repetitions.push(await prepareRepetition(repetition, experiment, sets, nameOf));
  }
  return {
    shape: [1, frames, bins],
    corpus: experiment.data.path,
    classes: settled.classes,
    repetitions,
    account: accountOf(experiment, settled, [...heard.values()], windows),
  };
}

/** Names recordings by the first clip that a corpus has of each, whatever noise is mixed in. */
function recordingNames({ corpora, recordings }: DrawnSplits): (clip: Clip) => string {
  const names = new Map<string, string>();
  for (const clip of corpora.target.clips.toSorted((a, b) => codeUnitOrder(a.id, b.id))) {
    const recording = recordings.of(clip);
    if (!names.has(recording)) names.set(recording, clip.id);
  }
  return (clip) => names.get(recordings.of(clip)) ?? clip.id;
}

/** Stores what is missing of the samples that methods change: all, where the features were stored before somebody wanted samples. */
async function storeMissingSamples(
  experiment: Experiment,
  { drawn, keys }: Pick<SettledSplits, 'drawn' | 'keys'>,
  { store, processes, onProgress, signal }: SettleOptions,
): Promise<void> {
  const wanted = samplesOfTraining(experiment, drawn);
  if (wanted === undefined) return;
  const train = drawn.repetitions.flatMap(({ split }) => split.train);
  const clips = new Map(train.map((clip) => [soundOf(clip), clip]));
  const names = [...clips.keys()].flatMap((sound) => keys.get(sound) ?? []);
  const stored = await store.features.describe(wanted.settings, names);
  if (names.length === clips.size && names.every((name) => stored.has(name))) return;
  await store.features.add([...clips.values()], wanted.settings, {
    ...(processes !== undefined && { processes }),
    ...(onProgress && { onProgress: ({ done, total }) => onProgress(done, total) }),
    ...(signal && { signal }),
  });
}

async function prepareRepetition(
  { seed, fold, split, tasks }: Repetition,
  experiment: Experiment,
  sets: SetKeeper,
  nameOf: (clip: Clip) => string,
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
      probed: {
        train: await sets.keepProbed(train, columns),
        validation: await sets.keepProbed(validation, columns),
      },
    });
  }
  const columns = orthogonal.map(({ column }) => column);
  const test = await sets.keepProbed(split.test, [target, ...columns]);
  return {
    seed,
    fold,
    description: split.description,
    standardisation: await sets.keep(split.train, []),
    train: await sets.keep(split.train, [target]),
    validation: await sets.keep(split.validation, [target]),
    test,
    recordings: new Map(wholeClips(test.clips).map((clip) => [clip.id, nameOf(clip)])),
    contradicts: new Set(
      wholeClips(test.clips)
        .filter((clip) => split.contradicts?.(clip))
        .map(({ id }) => id),
    ),
    tasks: prepared,
    groups: await prepareGroups(split.train, experiment, sets),
    corrected: await prepareCorrected(split.validation, experiment, sets),
    ...(experiment.training.choose === 'validation-worst-group-accuracy' && {
      choosing: await sets.keep(split.validation, [orthogonal[0].column]),
    }),
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
  const keep = async (name: string) => {
    const task = experiment.orthogonal.find((candidate) => candidate.name === name);
    if (task !== undefined && !groups.has(name)) groups.set(name, await sets.keep(train, [task.column]));
  };
  for (const { objectives, correction } of methodsOf(experiment)) {
    for (const settings of objectives) {
      if (describeObjective(settings).seesLabels) await keep(settings.orthogonal ?? first.name);
    }
    if (correction !== null && looksOfCorrection(correction).orthogonal === 'training')
      await keep(correction.orthogonal ?? first.name);
  }
  return groups;
}

async function prepareCorrected(
  validation: readonly Clip[],
  experiment: Experiment,
  sets: SetKeeper,
): Promise<Map<string, PreparedSet>> {
  const corrected = new Map<string, PreparedSet>();
  const { target, orthogonal } = experiment;
  for (const { id, correction } of methodsOf(experiment)) {
    if (correction === null) continue;
    const { column } = orthogonal.find(({ name }) => name === correction.orthogonal) ?? orthogonal[0];
    const looked = looksOfCorrection(correction).orthogonal === 'validation' ? [column] : [];
    corrected.set(id, await sets.keepProbed(validation, [target, ...looked]));
  }
  return corrected;
}

/** Stores sets of clips whose features are known. */
class SetKeeper {
  constructor(
    readonly store: Store,
    /** Of features, by the clip's sound. */
    readonly keys: ReadonlyMap<string, string>,
    readonly recordings: Recordings,
  ) {}

  async keep(clips: readonly Clip[], columns: readonly string[]): Promise<PreparedSet> {
    return this.#store(clips, this.#described(clips, columns));
  }

  /** The same, telling which clips are of one recording; windows of one clip are told anyway. */
  async keepProbed(clips: readonly Clip[], columns: readonly string[]): Promise<PreparedSet> {
    const recordings = this.#sharedRecordings(clips);
    const described = this.#described(clips, columns).map((one, row) => {
      const recording = recordings.get(row);
      return recording === undefined ? one : { ...one, recording };
    });
    return this.#store(clips, described);
  }

  /** By the row of a clip, where others are of its recording: the row of the first of them. */
  #sharedRecordings(clips: readonly Clip[]): Map<number, number> {
    const byRecording = groupBy(rowsByClip(clips), ([clip]) => this.recordings.of(clip));
    const shared = [...byRecording.values()]
      .filter(({ length }) => length > 1)
      .map((own) => own.flatMap(([, rows]) => rows));
    return new Map(shared.flatMap((rows) => rows.map((row): [number, number] => [row, itemAt(rows, 0)])));
  }

  #described(clips: readonly Clip[], columns: readonly string[]): ClipSet['clips'] {
    const wholes = new Map(wholeClips(clips).map((clip, number) => [clip, number]));
    return clips.map((clip) => ({
      ...(clip.whole && { windowOf: entryOf(wholes, clip.whole) }),
      key: entryOf(this.keys, soundOf(clip)),
      labels: Object.fromEntries(
        columns.flatMap((column) => {
          const label = Object.hasOwn(clip.labels, column) ? clip.labels[column] : undefined;
          return label === undefined ? [] : [[column, label]];
        }),
      ),
    }));
  }

  async #store(clips: readonly Clip[], described: ClipSet['clips']): Promise<PreparedSet> {
    return { digest: await this.store.keepSet({ version: 2, clips: described }), clips };
  }
}
