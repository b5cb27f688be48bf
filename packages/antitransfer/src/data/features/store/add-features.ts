import { basename } from 'node:path';
import { removeOldDrafts } from '../../../files/write-whole.js';
import { entryOf, itemAt } from '../../../lookup.js';
import type { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import type { Progress } from '../../progress.js';
import type { ComputeOptions } from '../compute.js';
import { buildFrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { distinctProblems, UnusableRecordingsError } from '../unusable-recordings.js';
import { clipKeys } from './clip-keys.js';
import { eachPack } from './pack-index.js';
import type { PackKeeper } from './pack-keeper.js';
import { type StoredRow, storedRows } from './stored-rows.js';
import { UnitComputer } from './unit-computer.js';
import { inProcesses, type UnitWorker } from './unit-processes.js';
import { divideIntoUnits, type Unit } from './units.js';

export interface AddOptions extends ComputeOptions {
  /** How many clips have their features stored, or cannot be used. */
  readonly onProgress?: (progress: Progress) => void;
  /** What to do about recordings that cannot be used, once all were looked at: `fail` when absent. */
  readonly onProblem?: 'fail' | 'skip';
  /** Processes side by side, of which each takes some recordings at a time; 1, this one, when absent, and where `read` is given. */
  readonly processes?: number;
}

export interface AddedFeatures {
  /** Names of the clips' features, in the order of the clips; undefined where the recording cannot be used. */
  readonly keys: readonly (string | undefined)[];
  /** What is stored of each clip, by its key. */
  readonly rows: ReadonlyMap<string, StoredRow>;
  /** Why the others cannot be used, by the clip's index. */
  readonly problemOf: ReadonlyMap<number, AudioError>;
  /** The same, once a recording and reason. */
  readonly problems: readonly AudioError[];
}

/** Computes the features that a folder lacks, and writes them into packs there; see `FeatureStore.add`. */
export async function addFeatures(
  folder: string,
  clips: readonly Clip[],
  settings: FeatureSettings,
  options: AddOptions & { readonly keeper: PackKeeper | undefined },
): Promise<AddedFeatures> {
  const { signal = new AbortController().signal, onProblem = 'fail', keeper } = options;
  const { frames, bins } = buildFrontEnd(settings);
  const rowLength = frames * bins;
  await removeOldDrafts(folder);
  if (keeper !== undefined) {
    // A reading more, for names only: what others have computed is not computed here.
    const keys = await clipKeys(clips, signal);
    await keeper.fetch(basename(folder), rowLength, new Set(keys.filter((key) => key !== undefined)));
  }
  const units = await divideIntoUnits(clips, signal);
  const adding = new Adding(clips, await storedKeys(folder, rowLength), options.onProgress);
  const processes = options.read === undefined ? Math.min(options.processes ?? 1, units.length) : 1;
  const mostClips = units.reduce((most, { length }) => Math.max(most, length), 0);
  const place = { folder, settings, threads: options.threads, mostClips, processes };
  const take = (worker: UnitWorker, unit: Unit) => adding.take(worker, unit, signal);
  if (processes > 1) await inProcesses(place, units, take, signal);
  else {
    const computer = new UnitComputer(place, options.read);
    for (const unit of units) await take(computer, unit);
  }
  adding.finish();
  await keeper?.keep(basename(folder));

  const distinct = distinctProblems(adding.problems);
  if (distinct.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(distinct);
  return {
    keys: adding.keys.map((key, index) => (adding.problems.has(index) ? undefined : key)),
    rows: await storedRows(folder, rowLength, adding.keys),
    problemOf: adding.problems,
    problems: distinct,
  };
}

/** Clips whose features are being added, a unit at a time. */
class Adding {
  readonly keys: (string | undefined)[];
  /** By the clip's index. */
  readonly problems = new Map<number, AudioError>();
  #done = 0;

  constructor(
    readonly clips: readonly Clip[],
    /** What the folder held in the beginning: what is added does not depend on who is how fast. */
    readonly stored: ReadonlySet<string>,
    readonly onProgress: AddOptions['onProgress'],
  ) {
    this.keys = clips.map(() => undefined);
  }

  /** Has a unit computed, as far as it is not stored. */
  async take(worker: UnitWorker, unit: Unit, signal: AbortSignal): Promise<void> {
    const keys = await worker.begin(
      unit.map((index) => itemAt(this.clips, index)),
      signal,
    );
    for (const [i, index] of unit.entries()) this.keys[index] = keys[i];
    const missing = groupByKey(keys, this.stored);
    const alike = [...missing.values()].reduce((sum, { length }) => sum + length, 0);
    this.#count(unit.length - alike);
    if (missing.size === 0) return;
    await worker.compute([...missing.keys()], signal, ({ clips: some, problems }) => {
      for (const [first, problem] of problems) {
        for (const i of entryOf(missing, first)) this.problems.set(itemAt(unit, i), problem);
      }
      this.#count(some.reduce((sum, first) => sum + entryOf(missing, first).length, 0));
    });
  }

  finish(): void {
    if (this.clips.length === 0) this.#count(0);
  }

  #count(more: number): void {
    this.#done += more;
    this.onProgress?.({ done: this.#done, total: this.clips.length });
  }
}

/** The keys of all that a folder has. */
async function storedKeys(folder: string, rowLength: number): Promise<Set<string>> {
  const stored = new Set<string>();
  await eachPack(folder, rowLength, (_, { keys }) => {
    for (const key of keys) stored.add(key);
  });
  return stored;
}

/** Clips of a unit without stored features: those that sound the same, by the first of them. */
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
