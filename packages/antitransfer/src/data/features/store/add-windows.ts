import { basename } from 'node:path';
import { removeOldDrafts } from '../../../files/write-whole.js';
import { entryOf, itemAt } from '../../../lookup.js';
import type { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import { accountOfCuts, type Cut, type CutRules, speechOf, windowsOfClip } from '../../segments/cut.js';
import type { CutClips } from '../../segments/cut-clips.js';
import type { WindowSettings } from '../../segments/settings.js';
import { windowLengths } from '../../segments/windows.js';
import type { FeatureSettings } from '../settings.js';
import { type AddedFeatures, Adding, type AddOptions, type AddPlace, rowLengthFor } from './adding.js';
import { digestsOf, type FileDigests, keyOf } from './clip-keys.js';
import { KeptCuts } from './kept-cuts.js';
import { filesOfClips } from './unit-computer.js';
import type { UnitWorker } from './unit-processes.js';
import { divideIntoUnits, type Unit } from './units.js';

/** As of {@link AddOptions}; recordings are read as they are. */
export type AddWindowsOptions = Omit<AddOptions, 'read'>;

/** Clips that are cut into windows whose features are stored. */
export interface AddedWindows extends CutClips {
  /** The windows of one clip after the other, in the order of the clips. */
  readonly clips: readonly Clip[];
  /** Of these. */
  readonly features: AddedFeatures;
}

/** Cuts clips and adds the features of their windows to a folder; see `FeatureStore.addWindows`. */
export async function addWindows(
  place: AddPlace,
  clips: readonly Clip[],
  settings: FeatureSettings,
  windows: WindowSettings,
  options: AddWindowsOptions,
): Promise<AddedWindows> {
  const { folder, keeper } = place;
  const { signal = new AbortController().signal, threads } = options;
  const lengths = windowLengths(settings, windows);
  const rules = { lengths, settings: windows, sampleRate: settings.sampleRate };
  await removeOldDrafts(folder);
  await keeper?.fetchCuts(basename(folder));
  const kept = await KeptCuts.open(folder, rules);
  if (keeper !== undefined) {
    // A reading more, for names only: what others have cut and computed is neither here.
    const digests = await digestsOf(clips, signal);
    const known = clips.flatMap((clip) => {
      const cut = kept.of(keyOf(withoutNoise(clip), digests));
      return cut === undefined ? [] : windowsOfClip(clip, cut, rules);
    });
    const keys = known.flatMap((window) => keyOf(window, digests) ?? []);
    await keeper.fetch(basename(folder), rowLengthFor(settings), new Set(keys));
  }
  const units = await divideIntoUnits(clips, signal);
  const adding = await Adding.begin(place, settings);
  const cutting = new Cutting(clips, rules, kept, adding, signal, options.onProgress);
  await adding.carryOut(
    units,
    { settings, windows, threads, mostClips: Number.MAX_SAFE_INTEGER },
    { ...(options.processes !== undefined && { processes: options.processes }) },
    (worker, unit) => cutting.take(worker, unit),
    signal,
  );
  return cutting.finish(options.onProblem);
}

/** What became of one clip. */
interface CutClip {
  readonly windows: readonly Clip[];
  readonly keys: readonly (string | undefined)[];
  /** By the window's index. */
  readonly problems: ReadonlyMap<number, AudioError>;
}

/** Clips that are being cut, a unit at a time. */
class Cutting {
  readonly #done: (CutClip | undefined)[];
  /** By what is heard. */
  readonly #cuts = new Map<string, Cut | undefined>();
  #counted = 0;

  constructor(
    readonly clips: readonly Clip[],
    readonly rules: CutRules,
    readonly kept: KeptCuts,
    readonly adding: Adding,
    readonly signal: AbortSignal,
    readonly onProgress: AddOptions['onProgress'],
  ) {
    this.#done = clips.map(() => undefined);
    this.#count(0);
  }

  /** Has a unit cut and computed: as many of its recordings at a time as fit a worker's memory. */
  async take(worker: UnitWorker, unit: Unit): Promise<void> {
    const clips = unit.map((index) => itemAt(this.clips, index));
    const digests = await worker.begin(filesOfClips(clips), this.signal);
    const names = clips.map((clip) => keyOf(withoutNoise(clip), digests));
    const unknown = firstOfEach(names).filter((i) => this.kept.of(names[i]) === undefined);
    const found = new Map<string, Cut>();
    for (let [first, asked] = [0, 0]; first < clips.length; ) {
      const [fresh, taken] = await this.#cutNext(worker, unknown.slice(asked), clips, names);
      await this.kept.keep(fresh);
      for (const [name, cut] of fresh) found.set(name, cut);
      asked += taken;
      const end = unknown[asked] ?? clips.length;
      const cutOf = (i: number) => this.kept.of(names[i]) ?? found.get(names[i] ?? '');
      await this.#compute(worker, unit.slice(first, end), (i) => cutOf(first + i), digests);
      first = end;
    }
  }

  /** @returns how the next clips are cut, and how many were looked at */
  async #cutNext(
    worker: UnitWorker,
    next: readonly number[],
    clips: readonly Clip[],
    names: readonly (string | undefined)[],
  ): Promise<readonly [ReadonlyMap<string, Cut>, number]> {
    if (next.length === 0) return [new Map(), 0];
    const cuts = await worker.cut(
      next.map((i) => itemAt(clips, i)),
      this.signal,
    );
    const named = cuts.flatMap((cut, at) => {
      const name = names[itemAt(next, at)];
      return cut === undefined || name === undefined ? [] : [[name, cut] as const];
    });
    return [new Map(named), cuts.length];
  }

  /** Has the features of some clips' windows computed. */
  async #compute(
    worker: UnitWorker,
    part: readonly number[],
    cutOf: (i: number) => Cut | undefined,
    digests: FileDigests,
  ): Promise<void> {
    const windowsOf = part.map((index, i) => {
      const clip = itemAt(this.clips, index);
      const cut = cutOf(i);
      this.#cuts.set(speechOf(clip), cut);
      return windowsOfClip(clip, cut, this.rules);
    });
    const owners = windowsOf.flatMap((windows, i) => windows.map(() => i));
    const left = new Map(windowsOf.flatMap(({ length }, i) => (length === 0 ? [] : [[i, length]])));
    this.#count(part.length - left.size);
    const onDone = (indices: readonly number[]) => {
      const before = left.size;
      for (const index of indices) {
        const owner = itemAt(owners, index);
        const more = entryOf(left, owner) - 1;
        if (more > 0) left.set(owner, more);
        else left.delete(owner);
      }
      if (left.size < before) this.#count(before - left.size);
    };
    const wholes = owners.map((i) => itemAt(this.clips, itemAt(part, i)));
    const { keys, problems } = await this.adding.take(
      worker,
      windowsOf.flat(),
      wholes,
      digests,
      this.signal,
      onDone,
    );
    let first = 0;
    for (const [i, windows] of windowsOf.entries()) {
      const own = windows.map((_, at) => [at, problems.get(first + at)] as const);
      this.#done[itemAt(part, i)] = {
        windows,
        keys: keys.slice(first, first + windows.length),
        problems: new Map(own.flatMap(([at, problem]) => (problem === undefined ? [] : [[at, problem]]))),
      };
      first += windows.length;
    }
  }

  async finish(onProblem: AddOptions['onProblem']): Promise<AddedWindows> {
    const windows = new Map<Clip, readonly Clip[]>();
    const clips: Clip[] = [];
    const keys: (string | undefined)[] = [];
    const problems = new Map<number, AudioError>();
    for (const [index, clip] of this.clips.entries()) {
      const done = this.#done[index];
      if (done === undefined) throw new Error(`"${clip.id}" was in no unit.`);
      for (const [i, problem] of done.problems) problems.set(clips.length + i, problem);
      windows.set(clip, done.windows);
      for (const window of done.windows) clips.push(window);
      for (const key of done.keys) keys.push(key);
    }
    const account = accountOfCuts([...this.#cuts.values()], this.rules.lengths);
    return { windows, account, clips, features: await this.adding.finish(keys, problems, onProblem) };
  }

  #count(more: number): void {
    this.#counted += more;
    this.onProgress?.({ done: this.#counted, total: this.clips.length });
  }
}

/** The first index of each name. */
function firstOfEach(names: readonly (string | undefined)[]): number[] {
  const firsts = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name !== undefined && !firsts.has(name)) firsts.set(name, index);
  }
  return [...firsts.values()];
}

function withoutNoise({ noise: _, ...clip }: Clip): Clip {
  return clip;
}
