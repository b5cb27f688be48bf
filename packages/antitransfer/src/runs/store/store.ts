import { join } from 'node:path';
import { z } from 'zod';
import type { Standardisation } from '../../data/features/standardise.js';
import { FeatureStore } from '../../data/features/store/feature-store.js';
import { sha256, shortDigest } from '../../files/digest.js';
import { DamagedFileError } from '../../files/file-error.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { readModel } from '../../learning/networks/store.js';
import { type ClipSet, clipSet, digestOfSet } from './clip-set.js';
import { JobFolder } from './job-folder.js';

const standardisation = z.strictObject({
  version: z.literal(1),
  value: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
});

/**
 * What comparisons share: each thing under the digest of what it depends on, so that nothing is computed twice and
 * nothing of other settings, data or code is ever mixed in.
 *
 * ```
 * features/SETTINGS/…   rows of features by the content of their recordings; mean and deviation of sets
 * sets/DIGEST.json      labelled clips in an order
 * models/DIGEST.onnx    networks that users gave
 * jobs/DIGEST/          job.json, events.jsonl, result.json, network.onnx
 * ```
 *
 * It holds no path: a copy of it is worth as much on any machine. Every file appears whole (written aside, handed to the
 * disk, renamed) and carries its digest; what is damaged counts as absent and is made again. Several processes may
 * use it at once; one at a time is at a job ({@link Claim}).
 */
export class Store {
  readonly features: FeatureStore;

  constructor(readonly folder: string) {
    this.features = new FeatureStore(join(folder, 'features'));
  }

  job(id: string): JobFolder {
    return new JobFolder(join(this.folder, 'jobs', id));
  }

  /** Stores a set and returns its name. */
  async keepSet(set: ClipSet): Promise<string> {
    const name = digestOfSet(set);
    const path = this.#set(name);
    const kept = await readJson(path, clipSet).catch(absentIfDamaged);
    if (kept === undefined || digestOfSet(kept) !== name) await writeJson(path, set);
    return name;
  }

  /** @throws DamagedFileError when it is not there any more, or not what it was. */
  async set(name: string): Promise<ClipSet> {
    const path = this.#set(name);
    const set = await readJson(path, clipSet);
    if (set !== undefined && digestOfSet(set) === name) return set;
    throw new DamagedFileError(path, set === undefined ? 'it is gone' : 'it holds another set');
  }

  /**
   * Keeps a network that a user gave, and returns its name.
   *
   * @throws UserError when there is no such file.
   */
  async keepModel(path: string): Promise<string> {
    const bytes = await readModel(path);
    const name = shortDigest(bytes);
    const kept = await readWhole(this.model(name));
    if (kept === undefined || sha256(kept) !== sha256(bytes)) await writeWhole(this.model(name), bytes);
    return name;
  }

  /** Where a network is that a user gave. */
  model(name: string): string {
    return join(this.folder, 'models', `${name}.onnx`);
  }

  /**
   * Mean and deviation of the features of a set: measured once, by whoever asks first.
   *
   * @param space names the settings of the features, {@link settingsKey}
   * @param over what the mean is over, `global` or `bin`
   */
  async standardisation(
    { space, set, over }: { readonly space: string; readonly set: string; readonly over: string },
    measure: () => Promise<Standardisation>,
  ): Promise<Standardisation> {
    const path = join(this.folder, 'features', space, `${set}.${over}.json`);
    const kept = await readJson(path, standardisation).catch(absentIfDamaged);
    if (kept !== undefined) return kept.value;
    const value = await measure();
    await writeJson(path, { version: 1, value });
    return value;
  }

  #set(name: string): string {
    return join(this.folder, 'sets', `${name}.json`);
  }
}
