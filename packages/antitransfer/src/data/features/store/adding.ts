import { basename } from 'node:path';
import { entryOf, itemAt } from '../../../lookup.js';
import type { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import type { Progress } from '../../progress.js';
import type { ComputeOptions } from '../compute.js';
import { buildFrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { distinctProblems, UnusableRecordingsError } from '../unusable-recordings.js';
import { type FileDigests, keyOf } from './clip-keys.js';
import { eachPack } from './pack-index.js';
import type { PackKeeper } from './pack-keeper.js';
import { type StoredRow, storedRows } from './stored-rows.js';
import { UnitComputer, type UnitPlace } from './unit-computer.js';
import { inProcesses, type UnitWorker } from './unit-processes.js';
import type { Unit } from './units.js';

/** How features are added to a store, and what becomes of recordings that cannot be used. */
export interface AddOptions extends ComputeOptions {
  /** How many clips have their features stored, or cannot be used. */
  readonly onProgress?: (progress: Progress) => void;
  /** What to do about recordings that cannot be used, once all were looked at: `fail` when absent. */
  readonly onProblem?: 'fail' | 'skip';
  /** Other features, of some clips, that are computed and stored in the same pass. */
  readonly alongside?: Alongside;
  /** Processes side by side, of which each takes some recordings at a time; 1, this one, when absent, and where `read` is given. */
  readonly processes?: number;
}

/** Other features of the same segments: the same recordings, rate, length and placement, so that nothing is decoded for them. */
export interface Alongside {
  readonly settings: FeatureSettings;
  /** Whether they are wanted of a clip. What a store has of the clip already is left to a pass of its own. */
  readonly of: (clip: Clip) => boolean;
}

/** Where features are added. */
export interface AddPlace {
  readonly folder: string;
  /** Where the features that are computed in the same pass go, if any. */
  readonly alongside: (Alongside & { readonly folder: string }) | undefined;
  readonly keeper: PackKeeper | undefined;
}

/** What adding features to a store came to. */
export interface AddedFeatures {
  /** Names of the clips' features, in the order of the clips; undefined where the recording cannot be used. */
  readonly keys: readonly (string | undefined)[];
  /** What is stored of each clip, by its key. */
  readonly rows: ReadonlyMap<string, StoredRow>;
  /** Why the others cannot be used, by the clip's index. */
  readonly problemOf: ReadonlyMap<number, AudioError>;
  /** The same, once a recording and reason. */
  readonly problems: readonly AudioError[];
  /** How many files were decoded for it; one that was decoded twice counts twice, and what `read` reads does not count. */
  readonly decoded: number;
}

/** Clips whose features are being added, some at a time. */
export class Adding {
  readonly #decoded = new Map<UnitWorker, number>();

  private constructor(
    private readonly folder: string,
    readonly rowLength: number,
    /** What the folder held in the beginning: what is added does not depend on who is how fast. */
    private readonly stored: ReadonlySet<string>,
    private readonly alongside: AddPlace['alongside'],
    private readonly storedAlongside: ReadonlySet<string>,
    private readonly keeper: PackKeeper | undefined,
  ) {}

  static async begin({ folder, alongside, keeper }: AddPlace, settings: FeatureSettings): Promise<Adding> {
    const rowLength = rowLengthFor(settings);
    const stored = await storedKeys(folder, rowLength);
    const also =
      alongside === undefined
        ? new Set<string>()
        : await storedKeys(alongside.folder, rowLengthFor(alongside.settings));
    return new Adding(folder, rowLength, stored, alongside, also, keeper);
  }

  /**
   * Has units computed by as many processes as are asked for.
   *
   * @param take has one unit computed by a worker
   */
  async carryOut(
    units: readonly Unit[],
    place: Omit<UnitPlace, 'folder' | 'processes'>,
    options: Pick<AddOptions, 'read' | 'processes'>,
    take: (worker: UnitWorker, unit: Unit) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const processes = options.read === undefined ? Math.min(options.processes ?? 1, units.length) : 1;
    const { alongside } = this;
    const whole = {
      ...place,
      folder: this.folder,
      ...(alongside && { alongside: { folder: alongside.folder, settings: alongside.settings } }),
      processes,
    };
    const counted = async (worker: UnitWorker, unit: Unit) => {
      await take(worker, unit);
      this.#decoded.set(worker, worker.decoded);
    };
    if (processes > 1) return inProcesses(whole, units, counted, signal);
    const computer = new UnitComputer(whole, options.read);
    for (const unit of units) await counted(computer, unit);
  }

  /**
   * Has clips computed whose files a worker has begun with, as far as they are not stored.
   *
   * @param whole of what each is a window: whether other features are wanted is asked of it
   * @param onDone told which clips are stored, or cannot be used: each once
   * @returns what features are stored under, and why some cannot be used, by the clip's index
   */
  async take(
    worker: UnitWorker,
    clips: readonly Clip[],
    whole: readonly Clip[],
    digests: FileDigests,
    signal: AbortSignal,
    onDone: (indices: readonly number[]) => void,
  ): Promise<{ keys: (string | undefined)[]; problems: Map<number, AudioError> }> {
    const keys = clips.map((clip) => keyOf(clip, digests));
    const problems = new Map<number, AudioError>();
    const missing = groupByKey(keys, this.stored);
    const among = new Set([...missing.values()].flat());
    onDone([...keys.keys()].filter((index) => !among.has(index)));
    if (missing.size === 0) return { keys, problems };
    const firsts = [...missing.keys()];
    const alike = (i: number) => entryOf(missing, itemAt(firsts, i));
    const { alongside } = this;
    const isWanted = (index: number) => alongside?.of(itemAt(whole, index)) ?? false;
    const also = [...firsts.keys()].filter((i) => {
      const key = keys[itemAt(firsts, i)];
      return key !== undefined && !this.storedAlongside.has(key) && alike(i).some(isWanted);
    });
    await worker.compute(
      firsts.map((first) => itemAt(clips, first)),
      firsts.map((first) => keys[first]),
      signal,
      (batch) => {
        for (const [i, problem] of batch.problems) {
          for (const index of alike(i)) problems.set(index, problem);
        }
        onDone(batch.clips.flatMap(alike));
      },
      also,
    );
    return { keys, problems };
  }

  /**
   * Keeps what was added.
   *
   * @throws UnusableRecordingsError when some recordings cannot be used and are not to be skipped
   */
  async finish(
    keys: readonly (string | undefined)[],
    problemOf: ReadonlyMap<number, AudioError>,
    onProblem: AddOptions['onProblem'] = 'fail',
  ): Promise<AddedFeatures> {
    await this.keeper?.keep(basename(this.folder));
    if (this.alongside !== undefined) await this.keeper?.keep(basename(this.alongside.folder));
    const problems = distinctProblems(problemOf);
    if (problems.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(problems);
    return {
      keys: keys.map((key, index) => (problemOf.has(index) ? undefined : key)),
      rows: await storedRows(this.folder, this.rowLength, keys),
      problemOf,
      problems,
      decoded: [...this.#decoded.values()].reduce((total, count) => total + count, 0),
    };
  }
}

/** Numbers in a row of features. */
export function rowLengthFor(settings: FeatureSettings): number {
  const { frames, bins } = buildFrontEnd(settings);
  return frames * bins;
}

/** The keys of all that a folder has. */
async function storedKeys(folder: string, rowLength: number): Promise<Set<string>> {
  const stored = new Set<string>();
  await eachPack(folder, rowLength, (_, { keys }) => {
    for (const key of keys) stored.add(key);
  });
  return stored;
}

/** Clips without stored features: those that sound the same, by the first of them. */
function groupByKey(
  keys: readonly (string | undefined)[],
  stored: ReadonlySet<string>,
): Map<number, readonly number[]> {
  const firsts = new Map<string, number>();
  const groups = new Map<number, number[]>();
  for (const [index, key] of keys.entries()) {
    if (key !== undefined && stored.has(key)) continue;
    const first = key === undefined ? index : (firsts.get(key) ?? index);
    if (key !== undefined) firsts.set(key, first);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [index]);
    else group.push(index);
  }
  return groups;
}
