import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linearCka } from '../../../src/analysis/cka.js';
import { withWeights } from '../../../src/learning/networks/store.js';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import { type Choice, choices } from '../../../src/learning/training/choice.js';
import type { Dataset } from '../../../src/learning/training/dataset.js';
import type { EpochMetrics } from '../../../src/learning/training/epoch-metrics.js';
import { meanRecall, worstGroupAccuracy } from '../../../src/learning/training/evaluate.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { observeMaps } from '../../../src/learning/training/observe.js';
import { type Best, beginning, isOver, updateBest } from '../../../src/learning/training/progress.js';
import { type TrainingSettings, trainingSettings } from '../../../src/learning/training/settings.js';
import { smallNetwork, smallTraining } from './small.js';
import { smallObjective, voicedTraining } from './small-objectives.js';

const choose = 'validation-loss-and-penalty';

async function outcome(options: FitOptions) {
  const { session, weights, epochs, bestEpoch } = await fit(options);
  await session.close();
  return { weights, bestEpoch, epochs: epochs.map(({ seconds: _, ...metrics }) => metrics) };
}

describe('the penalty on validation clips', () => {
  const orthogonal = smallNetwork(9);
  const training = (settings: object) =>
    voicedTraining([smallObjective('similarity', { beta: 3, ...settings }, { frozen: orthogonal })], {
      choose,
      epochs: 1,
    });

  it.each(['batch', 'auxiliary'] as const)(
    'is beta times the similarity in batches of them, both networks in evaluation (clips: %s)',
    async (clips) => {
      const options = training({ similarity: 'cka', clips });
      const { weights, epochs } = await outcome(options);
      const observed = { tap: 'conv3_2', position: 'after', batch: 2, threads: 1 } as const;
      const looked = async (network: FitOptions['network']) => {
        const [maps = new Float32Array()] = await observeMaps({ ...observed, network }, [options.validation]);
        const size = maps.length / 6;
        return Array.from({ length: 6 }, (_, row) => maps.subarray(row * size, (row + 1) * size));
      };
      const [own, frozen] = [await looked(withWeights(options.network, weights)), await looked(orthogonal)];
      // Six clips in batches of four and two.
      const ofClips = (first: number, end: number) =>
        (end - first) * linearCka(own.slice(first, end), frozen.slice(first, end));
      expect(epochs[0]?.validation.penalty).toBeCloseTo((3 * (ofClips(0, 4) + ofClips(4, 6))) / 6, 4);
    },
  );

  it('is the sum of all, and looked at only where it has a say', async () => {
    const penalty = (name: string, tap: string) =>
      smallObjective('similarity', { similarity: 'correlation', tap }, { name });
    const [a, b] = [penalty('a', 'conv2_1'), penalty('b', 'pool3')];
    const measured = async (objectives: readonly Objective[], choice: Choice) => {
      const options = { ...smallTraining({ epochs: 1, choose: choice, learningRate: 1e-12 }), objectives };
      return (await outcome(options)).epochs[0]?.validation.penalty;
    };
    const [one, other] = [(await measured([a], choose)) ?? 0, (await measured([b], choose)) ?? 0];
    expect(one).toBeGreaterThan(0);
    expect(other).not.toBe(one);
    expect(await measured([a, b], choose)).toBeCloseTo(one + other, 5);
    expect(await measured([a], 'validation-loss')).toBeUndefined();
    expect(await measured([], choose)).toBeUndefined();
  });

  it('has the whole of beta, however far its schedule is: epochs are compared by one measure', async () => {
    const once = await outcome(training({ similarity: 'cka', beta: 1e-6 }));
    const later = await outcome(training({ similarity: 'cka', beta: 1e-6, schedule: 'step', warmUp: 1 }));
    const [plain, scheduled] = [once, later].map(({ epochs }) => epochs[0]?.validation.penalty ?? 0);
    expect(plain).toBeGreaterThan(0);
    expect(scheduled! / plain!).toBeCloseTo(1, 2);
  });

  describe('of a training that was stopped', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'choice-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it.each([
      { similarity: 'squared-cosine-rows', aggregation: 'stochastic-pairwise' },
      { similarity: 'cka', shuffled: true },
    ])('is that of one that was not, with its draws: %o', async (settings) => {
      const options = { ...training(settings), settings: { ...training(settings).settings, epochs: 3 } };
      const whole = await outcome(options);
      const penalties = whole.epochs.map(({ validation }) => validation.penalty);
      for (const value of penalties) expect(Number.isFinite(value)).toBe(true);
      const stop = new AbortController();
      const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
        if (epoch === 2 && batch === 2) stop.abort();
      };
      await expect(fit({ ...options, folder, onBatch, signal: stop.signal })).rejects.toThrow(/abort/i);
      expect(await outcome({ ...options, folder })).toEqual(whole);
    });
  });
});

/** Epochs whose validation clips were measured as said. */
function epochsOf(measured: readonly Partial<EpochMetrics['validation']>[]): EpochMetrics[] {
  return measured.map((validation, i) => ({
    epoch: i + 1,
    learningRate: 0.1,
    train: { crossEntropy: 1, accuracy: 0.5, objectives: {} },
    validation: { crossEntropy: 1, accuracy: 0.5, ...validation },
    measures: {},
    seconds: 0,
  }));
}

describe('the chosen epoch', () => {
  const epochs = epochsOf([
    { crossEntropy: 0.9, penalty: 0.3, accuracy: 0.7, balancedAccuracy: 0.6, worstGroupAccuracy: 0.1 },
    { crossEntropy: 0.8, penalty: 0.5, accuracy: 0.5, balancedAccuracy: 0.7, worstGroupAccuracy: 0.2 },
    { crossEntropy: 1.0, penalty: 0.4, accuracy: 0.8, balancedAccuracy: 0.5, worstGroupAccuracy: 0.3 },
    { crossEntropy: 0.9, penalty: 0.3, accuracy: 0.8, balancedAccuracy: 0.7, worstGroupAccuracy: 0 },
    { crossEntropy: 1.1, penalty: 0.6, accuracy: 0.2, balancedAccuracy: 0.2 },
  ]);
  const chosen: Record<Choice, number> = {
    'validation-loss': 2,
    // 0.9 + 0.3 comes twice: the earlier one stays.
    'validation-loss-and-penalty': 1,
    // 0.8 comes twice, the second time with a lower loss.
    'validation-accuracy': 4,
    // 0.7 comes twice, the first time with a lower loss.
    'validation-balanced-accuracy': 2,
    'validation-worst-group-accuracy': 3,
    last: 5,
  };

  it.each(choices.options)('by %s', (choice) => {
    const best = epochs.reduce<Best | undefined>((so, metrics) => updateBest(so, metrics, choice), undefined);
    expect(best?.epoch).toBe(chosen[choice]);
  });

  it('by balanced accuracy counts every class alike', async () => {
    // Three clips of class 0, all recognised; one of class 1 that is not.
    const probabilities = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4);
    expect(meanRecall(Int32Array.of(0, 0, 0, 1), probabilities)).toBe(0.5);
    const validation: Dataset = smallTraining().validation;
    const labels = validation.labels.map((label, i) => (i === 0 ? label : 1));
    const options = smallTraining({ epochs: 2, choose: 'validation-balanced-accuracy' });
    const { epochs: trained } = await outcome({ ...options, validation: { ...validation, labels } });
    for (const { validation: measured } of trained) {
      // One clip of one class and five of the other: recalls of 0 or 1, and of fifths.
      const right = Math.round(measured.accuracy * 6);
      const possible = [right / 5 / 2, (1 + (right - 1) / 5) / 2];
      expect(possible.some((value) => Math.abs(value - (measured.balancedAccuracy ?? 0)) < 1e-9)).toBe(true);
    }
  });
});

describe('the worst group', () => {
  it('is the pair of class and group of which fewest are right; clips without a group are in none', () => {
    // Said to be class 0, 0, 1, 1, 0, 1.
    const probabilities = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.4, 0.6, 0.9, 0.1, 0.2, 0.8);
    const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
    // Class 0: 1 of 1 and 1 of 2 are right; class 1: 1 of 1 and 1 of 2.
    expect(worstGroupAccuracy(labels, probabilities, Int32Array.of(0, 1, 1, 0, 1, 1))).toBe(0.5);
    // Class 1 of group 1 is the clip that is wrong.
    expect(worstGroupAccuracy(labels, probabilities, Int32Array.of(0, 0, 0, 0, 1, 0))).toBe(0);
    // The two that are wrong have no group.
    expect(worstGroupAccuracy(labels, probabilities, Int32Array.of(0, 1, -1, 0, -1, 1))).toBe(1);
  });

  it('is measured after each epoch where it chooses, and has to be known', async () => {
    const choose = 'validation-worst-group-accuracy';
    const options = smallTraining({ epochs: 2, choose });
    const groups = { voice: Int32Array.from(options.validation.labels, (_, i) => (i === 0 ? -1 : i % 2)) };
    const { epochs, bestEpoch } = await outcome({
      ...options,
      validation: { ...options.validation, groups },
    });
    const worst = epochs.map(({ validation }) => validation.worstGroupAccuracy ?? Number.NaN);
    for (const value of worst) expect(value).toBeGreaterThanOrEqual(0);
    expect(worst[bestEpoch - 1]).toBe(Math.max(...worst));
    const plain = await outcome(smallTraining({ epochs: 1 }));
    expect(plain.epochs[0]?.validation.worstGroupAccuracy).toBeUndefined();
    await expect(fit(options)).rejects.toThrow('No validation clip has a group');
  });
});

describe('patience', () => {
  /** The epoch after which a training with these validation losses ends. */
  function lastEpoch(losses: readonly number[], settings: Partial<TrainingSettings>): number {
    const all = epochsOf(losses.map((crossEntropy) => ({ crossEntropy })));
    const full = trainingSettings.parse({ epochs: losses.length, patience: 5, ...settings });
    let best: Best | undefined;
    for (const metrics of all) {
      best = updateBest(best, metrics, full.choose);
      const progress = { ...beginning, epoch: metrics.epoch + 1, epochs: all.slice(0, metrics.epoch), best };
      if (isOver(progress, full)) return metrics.epoch;
    }
    return losses.length;
  }

  /** As the released code writes it, whose epochs count from 0. */
  function published(losses: readonly number[], patience: number): number {
    for (let epoch = 0; epoch < losses.length; epoch++) {
      const window = losses.slice(0, epoch + 1).slice(-patience + 1);
      if (epoch >= patience + 1 && window.indexOf(Math.min(...window)) === 0) return epoch + 1;
    }
    return losses.length;
  }

  const falling = [10, 9, 8, 7, 6, 5, 4, 3];
  const rule = { patienceRule: 'as-published' } as const;

  it('as published stops three epochs after the best one, as in the log that was released', () => {
    const losses = [...falling, 4, 5, 6, 7, 8, 9, 10];
    expect(lastEpoch(losses, rule)).toBe(11);
    expect(lastEpoch(losses, {})).toBe(13);
  });

  it('as published goes on while losses fall, though they are above the best', () => {
    const losses = [1, 9, 8, 7, 6, 5, 4, 3, 2.5, 2.4, 2.3, 2.2];
    expect(lastEpoch(losses, rule)).toBe(losses.length);
    expect(lastEpoch(losses, { patienceRule: 'since-best' })).toBe(6);
  });

  it('as published is what the released code computes', () => {
    for (let row = 0; row < 200; row++) {
      const losses = Array.from({ length: 20 }, (_, i) =>
        Math.round(50 * Math.abs(Math.sin(row * 20 + i * i))),
      );
      for (const patience of [3, 5, 8])
        expect(lastEpoch(losses, { ...rule, patience }), `${losses}`).toBe(published(losses, patience));
    }
  });
});
