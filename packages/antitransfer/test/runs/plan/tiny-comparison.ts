import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork } from '../../../src/learning/networks/store.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { Store } from '../../../src/runs/store/store.js';
import { writeTiny } from '../tiny.js';
import { planTiny } from './tiny-plan.js';

/**
 * Comparisons of the tiny corpus, planned from its recordings on. Called at the top of a test file; the corpus, and two
 * networks with a copy of each, are there while its tests run.
 */
export function tinyComparison() {
  let root: string;
  /** Where a file is: `corpus`, `given-1.onnx`, `copy-of-1.onnx`, `given-2.onnx`, `copy-of-2.onnx`. */
  const pathOf = (...names: string[]) => join(root, ...names);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'plan-'));
    await writeTiny(pathOf('corpus'));
    for (const seed of [1, 2]) {
      const network = buildNetwork('vgg-small', {
        classes: 2,
        input: [1, 14, 16],
        width: 0.25,
        random: new Random(seed),
      });
      await saveNetwork(pathOf(`given-${seed}.onnx`), network);
      await saveNetwork(pathOf(`copy-of-${seed}.onnx`), network);
    }
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** The plan of the comparison with some keys of its configuration changed. */
  const planOf = (changes: ConfigTree = {}) =>
    planTiny(pathOf('corpus'), new Store(pathOf('store')), changes);

  return { planOf, pathOf };
}

/** The comparison's training, changed. */
export const training = (change: ConfigTree) => ({ training: { epochs: 2, batch: 6, ...change } });

/** Its network, changed. */
export const network = (change: ConfigTree) => ({ network: { width: 0.25, ...change } });

/** Its orthogonal task, changed. */
export const orthogonal = (change: ConfigTree) => ({ orthogonal: { column: 'speaker', ...change } });
