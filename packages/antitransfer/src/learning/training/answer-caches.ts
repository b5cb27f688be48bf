import { join } from 'node:path';
import { fieldOf } from '../../lookup.js';
import type { Augmentation } from '../augmentations/definition.js';
import { type ClipSource, clipsKey } from '../objectives/objective.js';
import { AnswerCache, sizeOfEntry } from './answer-cache.js';
import { type Dataset, sizeOf } from './dataset.js';
import type { FitExecution } from './execution.js';
import type { FrozenPass } from './frozen-pass.js';
import type { TrainingPrograms } from './programs.js';
import { RowStore } from './row-store.js';
import type { FrozenName, FrozenProgram, FrozenSession } from './session.js';

/** Names the pass over validation clips; those of a training are called otherwise. */
const validationKey = 'validation';

/** The programs of frozen passes under the names that a session runs them by. */
export function namedFrozenPrograms(
  frozen: TrainingPrograms['frozen'],
  validated?: FrozenPass,
): Record<FrozenName, FrozenProgram> {
  const all = [...frozen, ...(validated ? [[validationKey, validated] as const] : [])];
  return Object.fromEntries(all.map(([key, { program }]) => [sessionName(key), program]));
}

function sessionName(key: string): FrozenName {
  return `frozen.${key}`;
}

/** Whose clips frozen networks are asked about, and where a scratch file may be. */
interface CacheOptions {
  readonly train: Dataset;
  readonly augmentations?: readonly Augmentation[];
  readonly validation: Dataset;
  readonly auxiliary?: Readonly<Record<string, Dataset>>;
  readonly folder?: string;
}

/** Frozen networks' answers on each kind of clips, for one training. */
export interface AnswerCaches {
  /** By the key of the clips. */
  readonly byClips: ReadonlyMap<string, AnswerCache>;
  /** On validation clips, where penalties are measured there. */
  readonly validation: AnswerCache | undefined;
  /** Removes the scratch files. */
  close(): Promise<void>;
}

/** Keeps the answers of frozen networks: in memory, then on disk in the training's folder, where it has one. */
export function answerCaches(
  session: FrozenSession,
  { frozen, validated }: Pick<TrainingPrograms, 'frozen'> & { readonly validated?: FrozenPass | undefined },
  { train, augmentations = [], validation, auxiliary = {}, folder }: CacheOptions,
  { frozenCacheMiB, frozenScratchMiB }: Pick<FitExecution, 'frozenCacheMiB' | 'frozenScratchMiB'>,
): AnswerCaches {
  const memory = { bytes: frozenCacheMiB * 2 ** 20 };
  const disk = { bytes: frozenScratchMiB * 2 ** 20 };
  const stores: RowStore[] = [];
  const storeOf = ({ clips, outputs }: FrozenPass, data: Dataset) => {
    const rowLength = outputs.reduce((sum, { dims }) => sum + sizeOfEntry(dims), 0);
    // An augmented clip is another one in each epoch: nothing that is said of it is said again.
    if (data === train && augmentations.length > 0)
      return new RowStore(sizeOf(data), rowLength, { bytes: 0 }, { bytes: 0 }, undefined);
    const path = folder && join(folder, scratchName(clips));
    const store = new RowStore(sizeOf(data), rowLength, memory, disk, path);
    stores.push(store);
    return store;
  };
  const cacheOf = (key: string, pass: FrozenPass, data: Dataset) =>
    new AnswerCache(
      (features) => session.run(sessionName(key), { features }),
      pass.outputs,
      storeOf(pass, data),
    );
  const clipsOf = ({ clips }: FrozenPass) => (clips === 'batch' ? train : fieldOf(auxiliary, clips.task));
  return {
    byClips: new Map([...frozen].map(([key, pass]) => [key, cacheOf(key, pass, clipsOf(pass))])),
    validation: validated && cacheOf(validationKey, validated, validation),
    close: async () => {
      for (const store of stores) await store.close();
    },
  };
}

/** Another one for each process: a training that was taken for dead may still be reading its own. */
function scratchName(clips: ClipSource): string {
  return `frozen-${clipsKey(clips)}-${globalThis.crypto.randomUUID()}.scratch`;
}
