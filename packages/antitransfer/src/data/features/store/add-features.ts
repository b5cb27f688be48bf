import { basename } from 'node:path';
import { UserError } from '../../../errors.js';
import { removeOldDrafts } from '../../../files/write-whole.js';
import { entryOf, itemAt } from '../../../lookup.js';
import { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import type { Progress } from '../../progress.js';
import { type ComputeOptions, computeFeatures } from '../compute.js';
import { buildFrontEnd } from '../front-end.js';
import type { FeatureSettings } from '../settings.js';
import { distinctProblems, UnusableRecordingsError } from '../unusable-recordings.js';
import { clipKeys } from './clip-keys.js';
import { PackDraft } from './pack-draft.js';
import { eachPack } from './pack-index.js';
import type { PackKeeper } from './pack-keeper.js';

export interface AddOptions extends ComputeOptions {
  /** How many clips have their features stored, or cannot be used. */
  readonly onProgress?: (progress: Progress) => void;
  /** What to do about recordings that cannot be used, once all were looked at: `fail` when absent. */
  readonly onProblem?: 'fail' | 'skip';
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

export interface StoredRow {
  /** Of the features' bytes: clips that sound the same have the same. */
  readonly digest: string;
  /** Of the clip: samples at the settings' rate, before they were cut or padded. */
  readonly length: number;
  /** The loudest sample of what the features were computed from, of a full scale of 1. */
  readonly peak: number;
}

/** Computes the features that a folder lacks, and writes them into packs there; see `FeatureStore.add`. */
export async function addFeatures(
  folder: string,
  clips: readonly Clip[],
  settings: FeatureSettings,
  options: AddOptions & { readonly keeper: PackKeeper | undefined },
): Promise<AddedFeatures> {
  const { signal, onProgress, onProblem = 'fail', keeper } = options;
  const frontEnd = buildFrontEnd(settings);
  const rowLength = frontEnd.frames * frontEnd.bins;
  await removeOldDrafts(folder);
  const keys = await clipKeys(clips, signal);
  await keeper?.fetch(basename(folder), rowLength, new Set(keys.filter((key) => key !== undefined)));
  let stored = await storedRows(folder, rowLength, keys);
  const missing = groupByKey(keys, stored);
  let done = clips.length - [...missing.values()].reduce((sum, group) => sum + group.length, 0);
  onProgress?.({ done, total: clips.length });

  const order = inReadingOrder([...missing.keys()], clips);
  const draft = new PackDraft(folder, rowLength, order.length);
  const drafted: number[] = [];
  const write = async () => {
    await checkUnchanged(drafted, clips, keys);
    await draft.write();
    drafted.length = 0;
  };
  const problems = new Map<number, AudioError>();
  const refuse = (index: number, problem: AudioError) => {
    for (const clip of missing.get(index) ?? []) problems.set(clip, problem);
  };
  try {
    for await (const batch of computeFeatures(clips, order, frontEnd, settings, options)) {
      for (const [index, problem] of batch.problems) refuse(index, problem);
      for (const [index, row] of batch.rows) {
        const key = keys[index];
        if (key === undefined) {
          refuse(index, unnamed(itemAt(clips, index)));
          continue;
        }
        draft.add(key, {
          features: row,
          length: entryOf(batch.lengths, index),
          peak: entryOf(batch.peaks, index),
        });
        drafted.push(index);
        if (draft.isFull) await write();
      }
      for (const index of [...batch.problems.keys(), ...batch.rows.keys()])
        done += entryOf(missing, index).length;
      onProgress?.({ done, total: clips.length });
    }
  } catch (error) {
    // What is complete is kept. Where that fails too, it is computed again.
    if (signal?.aborted) await write().catch(() => undefined);
    throw error;
  }
  await write();
  await keeper?.keep(basename(folder));
  if (order.length > 0) stored = await storedRows(folder, rowLength, keys);

  const distinct = distinctProblems(problems);
  if (distinct.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(distinct);
  return {
    keys: keys.map((key, index) => (problems.has(index) ? undefined : key)),
    rows: stored,
    problemOf: problems,
    problems: distinct,
  };
}

/** What a folder has of those keys. */
async function storedRows(
  folder: string,
  rowLength: number,
  keys: readonly (string | undefined)[],
): Promise<Map<string, StoredRow>> {
  const wanted = new Set(keys);
  const stored = new Map<string, StoredRow>();
  await eachPack(folder, rowLength, (_, { keys: found, digests, lengths, peaks }) => {
    for (const [row, key] of found.entries()) {
      if (!wanted.has(key)) continue;
      stored.set(key, {
        digest: itemAt(digests, row),
        length: itemAt(lengths, row),
        peak: itemAt(peaks, row),
      });
    }
  });
  return stored;
}

/** Clips without stored features: those that sound the same, by the first of them. */
function groupByKey(
  keys: readonly (string | undefined)[],
  stored: ReadonlyMap<string, StoredRow>,
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

/** Clips of one recording side by side, so that it is decoded once; and the same packs whoever asks. */
function inReadingOrder(indices: readonly number[], clips: readonly Clip[]): number[] {
  return indices.toSorted((a, b) => {
    const [one, other] = [itemAt(clips, a), itemAt(clips, b)];
    if (one.path !== other.path) return one.path < other.path ? -1 : 1;
    return (one.start ?? 0) - (other.start ?? 0) || a - b;
  });
}

/** Features are named by what a file held when its digest was taken: it must be what was decoded since. */
async function checkUnchanged(
  indices: readonly number[],
  clips: readonly Clip[],
  keys: readonly (string | undefined)[],
): Promise<void> {
  const current = await clipKeys(indices.map((index) => itemAt(clips, index)));
  const changed = indices.find((index, i) => keys[index] !== current[i]);
  if (changed === undefined) return;
  const { path, noise } = itemAt(clips, changed);
  const files = noise ? `"${path}" or its noise "${noise.path}"` : `"${path}"`;
  throw new UserError(`${files} changed while features were computed from it. Run the same command again.`);
}

function unnamed({ path }: Clip): AudioError {
  return new AudioError(
    path,
    'unreadable',
    'features are stored by the bytes of a file (and of its noise), and these could not be read. Check the path.',
  );
}
