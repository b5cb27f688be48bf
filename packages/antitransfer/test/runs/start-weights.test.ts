import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { allWeights } from '../../src/learning/networks/start-weights.js';
import { loadNetwork } from '../../src/learning/networks/store.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { checkMethods } from '../../src/runs/plan/check-methods.js';
import { runTiny, tinyConfig, writeTiny } from './tiny.js';

let root: string;
let corpus: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'start-weights-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const starts = (change: ConfigTree) => ({ id: 'first', start: 'orthogonal', ...change });

describe('a method that starts from the first layers of another network', () => {
  it('takes over those weights and draws the others, as they are where nothing is taken over', async () => {
    const { experiment } = await runTiny(
      tinyConfig(corpus, {
        // So slow that weights are those of the start.
        training: { epochs: 1, batch: 6, learningRate: 1e-12, schedule: 'constant' },
        orthogonal: { column: 'speaker', training: { learningRate: 0.01 } },
        methods: ['no-transfer', 'weight-initialisation', starts({ startWeights: ['conv1_*', 'conv2_1*'] })],
      }),
      root,
    );
    const { plan, store } = experiment;
    const weightsOf = async (of: string) => {
      const cell = [...plan.tasks, ...plan.methods].find((one) => one.of === of);
      return allWeights(await loadNetwork(store.job(cell?.job ?? '').network));
    };
    const [task, none, all, first] = await Promise.all(
      ['speaker', 'no-transfer', 'weight-initialisation', 'first'].map(weightsOf),
    );
    const distance = (one: Record<string, Tensor>, other: Record<string, Tensor>, layer: string) => {
      const [a, b] = [one, other].map((weights) => weights[`${layer}.weight`]?.data as Float32Array);
      return Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)));
    };
    for (const layer of ['conv1_1', 'conv2_1']) {
      expect(distance(first!, task!, layer), layer).toBeLessThan(1e-6);
      expect(distance(first!, none!, layer), layer).toBeGreaterThan(0.01);
    }
    expect(distance(first!, none!, 'conv4_2')).toBeLessThan(1e-6);
    expect(distance(all!, none!, 'conv4_2')).toBeGreaterThan(0.01);
  }, 120_000);

  it.each([
    [starts({ startWeights: ['conf1_*'] }), 'methods.first.startWeights: "conf1_*" fits no weight'],
    [starts({ start: 'random', startWeights: ['conv1_*'] }), 'The method "first" starts at random'],
  ])('is refused before anything is computed where that is nothing: %j', async (method, message) => {
    const { experiment } = tinyConfig(corpus, { methods: ['no-transfer', method] });
    const checking = checkMethods(experiment, await drawSplits(experiment));
    await expect(checking).rejects.toThrow(UserError);
    await expect(checking).rejects.toThrow(message);
  });

  it('is none where every method starts at random, which is told', async () => {
    const { experiment } = tinyConfig(corpus, { training: { epochs: 1, startWeights: ['conv1_*'] } });
    const notes: string[] = [];
    await checkMethods(experiment, await drawSplits(experiment), (note) => notes.push(note));
    expect(notes).toContain('training.startWeights has no effect: every method starts at random.');
  });
});
