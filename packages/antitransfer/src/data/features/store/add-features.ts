import { basename } from 'node:path';
import { removeOldDrafts } from '../../../files/write-whole.js';
import { itemAt } from '../../../lookup.js';
import type { AudioError } from '../../audio/audio-error.js';
import type { Clip } from '../../clip.js';
import type { FeatureSettings } from '../settings.js';
import { type AddedFeatures, Adding, type AddOptions, type AddPlace, rowLengthFor } from './adding.js';
import { clipKeys } from './clip-keys.js';
import { filesOfClips } from './unit-computer.js';
import { divideIntoUnits } from './units.js';

/** Computes the features that a folder lacks, and writes them into packs there; see `FeatureStore.add`. */
export async function addFeatures(
  place: AddPlace,
  clips: readonly Clip[],
  settings: FeatureSettings,
  options: AddOptions,
): Promise<AddedFeatures> {
  const { folder, keeper } = place;
  const { signal = new AbortController().signal, onProgress, threads } = options;
  await removeOldDrafts(folder);
  if (keeper !== undefined) {
    // A reading more, for names only: what others have computed is not computed here.
    const names = await clipKeys(clips, signal);
    await keeper.fetch(
      basename(folder),
      rowLengthFor(settings),
      new Set(names.filter((key) => key !== undefined)),
    );
  }
  const units = await divideIntoUnits(clips, signal);
  const adding = await Adding.begin(place, settings);
  const keys: (string | undefined)[] = clips.map(() => undefined);
  const problems = new Map<number, AudioError>();
  let done = 0;
  const count = (more: number) => {
    done += more;
    onProgress?.({ done, total: clips.length });
  };
  const mostClips = units.reduce((most, { length }) => Math.max(most, length), 0);
  await adding.carryOut(
    units,
    { settings, threads, mostClips },
    options,
    async (worker, unit) => {
      const some = unit.map((index) => itemAt(clips, index));
      const digests = await worker.begin(filesOfClips(some), signal);
      const taken = await adding.take(worker, some, some, digests, signal, ({ length }) => count(length));
      for (const [i, index] of unit.entries()) keys[index] = taken.keys[i];
      for (const [i, problem] of taken.problems) problems.set(itemAt(unit, i), problem);
    },
    signal,
  );
  if (clips.length === 0) count(0);
  return adding.finish(keys, problems, options.onProblem);
}
