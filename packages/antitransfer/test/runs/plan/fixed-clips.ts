import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { shortDigest } from '../../../src/files/digest.js';
import type { Network } from '../../../src/learning/networks/network.js';
import { trainedWeights } from '../../../src/learning/training/programs.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { methodsOf } from '../../../src/runs/config/methods.js';
import { networkSettings } from '../../../src/runs/config/schema.js';
import type { PreparedData, PreparedSet } from '../../../src/runs/data/prepare.js';
import { networkOf } from '../../../src/runs/plan/network.js';
import { planJobs } from '../../../src/runs/plan/plan-jobs.js';
import { jobSchema } from '../../../src/runs/store/job.js';
import { Store } from '../../../src/runs/store/store.js';
import { tinyConfig } from '../tiny.js';

/** Of the clips' features. */
export const shape = [1, 12, 16] as const;

const set = (name: string): PreparedSet => ({ digest: shortDigest(name), clips: [] });

/**
 * Comparisons whose clips are always the same, so that only settings can tell their digests apart. Called at the top of a
 * test file; a folder for the networks that comparisons are given is there while its tests run.
 */
export function fixedClips() {
  let root: string;
  let store: Store;
  let network: Network;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'digest-'));
    store = new Store(join(root, 'store'));
    network = await networkOf(networkSettings.parse({ width: 0.25 }), shape, 2);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** The digests of a comparison of these clips. */
  async function digestsOf(
    changes: ConfigTree,
    {
      seed = 1,
      training = {},
      probed = 'probed',
    }: { seed?: number; training?: ConfigTree; probed?: string } = {},
  ) {
    const { experiment: given } = tinyConfig('corpus', {
      orthogonal: [{ column: 'speaker' }, { column: 'room' }],
      ...changes,
    });
    // Beside what a file may give: it refuses some settings that have no effect.
    const experiment = { ...given, training: trainingSettings.parse({ ...given.training, ...training }) };
    const data: Pick<PreparedData, 'classes' | 'repetitions'> = {
      classes: ['low', 'high'],
      repetitions: [
        {
          seed,
          fold: undefined,
          description: '',
          standardisation: set('sound'),
          train: set('train'),
          validation: set('validation'),
          test: set('test'),
          recordings: new Map(),
          contradicts: new Set(),
          tasks: experiment.orthogonal.map((settings) => ({
            settings,
            classes: ['a', 'b'],
            train: set(`train ${settings.column}`),
            validation: set(`validation ${settings.column}`),
            probed: { train: set(`${probed} train`), validation: set(`${probed} validation`) },
          })),
          groups: new Map(experiment.orthogonal.map(({ name, column }) => [name, set(`groups ${column}`)])),
          corrected: new Map(methodsOf(experiment).map(({ id }) => [id, set('validation to correct by')])),
        },
      ],
    };
    const own = trainedWeights(network, []);
    const weights = new Map(methodsOf(experiment).map(({ id }) => [id, own]));
    const { tasks, methods, jobs } = await planJobs(experiment, data, store, { network, weights });
    // What is stored is what was planned: nothing is left out or filled in when it is read again.
    for (const { job } of jobs) expect(jobSchema.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
    return {
      tasks: tasks.map(({ job }) => job),
      training: methods[0]?.job,
      assessment: methods[0]?.assessment,
      correction: methods.at(-1)?.correction,
      corrected: methods.at(-1)?.job,
    };
  }

  /** Where a file is in the folder. */
  const pathOf = (name: string) => join(root, name);

  return { digestsOf, pathOf };
}
