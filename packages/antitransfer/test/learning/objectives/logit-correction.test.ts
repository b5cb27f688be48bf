import { expressions, Random, type Value } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import {
  correctedBeyondChance,
  correctedLogits,
} from '../../../src/learning/objectives/corrected-cross-entropy.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { measured, rowsOf, slopes } from './measured.js';

const { logSoftmax, mean, mul, neg, sum } = expressions;

const [clips, classes] = [5, 3];
const random = new Random(4);
const logits = Float32Array.from({ length: clips * classes }, () => random.normal());
const labels = [0, 2, 1, 1, 0];
/** Certain, or in doubt among the two groups. */
const heard = [
  [1, 0],
  [0, 1],
  [0.25, 0.75],
  [0.5, 0.5],
  [1, 0],
];
/** The second group never came with the first class. */
const counts = [
  [6, 1, 3],
  [0, 9, 1],
];

/** By hand: how often each class is expected with what is heard in a clip. */
const expectations = heard.map((row) =>
  Array.from({ length: classes }, (_, c) =>
    row.reduce((total, part, g) => total + (part * counts[g]![c]!) / 10, 0),
  ),
);

/** By hand: the mean of minus the logarithm of each class's share of exp(logit) x factor. */
function defined(data: readonly number[], factors: readonly (readonly number[])[]): number {
  const shares = rowsOf(data, classes).map((row, clip) => {
    const raised = row.map((logit, c) => Math.exp(logit) * factors[clip]![c]!);
    return raised[labels[clip]!]! / raised.reduce((a, b) => a + b);
  });
  return -shares.reduce((total, share) => total + Math.log(share), 0) / clips;
}

function tableIn(x: Value, rows: readonly (readonly number[])[]): Value {
  const data = Float32Array.from(rows.flat());
  return x.graph.constant({ type: 'float32', dims: [rows.length, rows[0]!.length], data }, 'table');
}

/** The mean cross-entropy of logits that are corrected, and its gradient, are those of the factors. */
async function expectLoss(correct: (x: Value) => Value, factors: readonly (readonly number[])[]) {
  const { value, gradient } = await measured({ x: logits, dims: [clips, classes] }, (x) => {
    const own = labels.map((label) => Array.from({ length: classes }, (_, c) => Number(c === label)));
    return neg(mean(sum(mul(tableIn(x, own), logSoftmax(correct(x), -1)), [1], false), undefined, false));
  });
  const numbers = Array.from(logits);
  expect(value).toBeCloseTo(defined(numbers, factors), 5);
  const known = slopes(numbers, (x) => defined(x, factors));
  expect(relativeDistance(gradient, known)).toBeLessThan(1e-4);
}

it.each([0, 0.5, 1])('corrected logits equal their definition with strength %d', async (strength) => {
  await expectLoss(
    (x) => correctedLogits(x, tableIn(x, heard), tableIn(x, counts), strength),
    expectations.map((row) => row.map((share) => Math.max(share, 1e-6) ** strength)),
  );
});

describe('corrected beyond chance', () => {
  const [groups, strength] = [2, 0.5];
  const correct = (met: readonly (readonly number[])[], trained: number) => (x: Value) => {
    const clipsOfTraining = x.graph.constant(
      { type: 'float32', dims: [], data: Float32Array.of(trained) },
      'clips',
    );
    const counted = { counts: tableIn(x, met), clips: clipsOfTraining, strength };
    return correctedBeyondChance(x, tableIn(x, heard), counted);
  };
  /** How often each class comes at all. */
  const atAll = [0.3, 0.5, 0.2];
  const hundredfold = counts.map((row) => row.map((count) => 100 * count));

  it.each([
    { epochs: 'in the first epoch', trained: 5000, seen: 2000 - 6 },
    { epochs: 'in later ones', trained: 100, seen: 100 },
  ])('logits equal their definition $epochs', async ({ trained, seen }) => {
    const contingency = counts.flat().reduce((total, count, at) => {
      const independent = atAll[at % classes]! / groups;
      return total + (count / 20 - independent) ** 2 / independent;
    }, 0);
    // scipy.stats.chi2.ppf(0.999, 2)
    const beyond = 1 - 13.81551056 / (seen * contingency);
    expect(beyond).toBeGreaterThan(0.5);
    await expectLoss(
      correct(hundredfold, trained),
      expectations.map((row) =>
        row.map((share, c) => Math.max(share / atAll[c]!, 1e-6) ** (strength * beyond)),
      ),
    );
  });

  it.each([
    { what: 'few clips', met: counts, trained: 1000 },
    { what: 'independent labels', met: [hundredfold[0]!, hundredfold[0]!], trained: 1000 },
  ])('logits stay as they are with $what, however rare a class is', async ({ met, trained }) => {
    await expectLoss(
      correct(met, trained),
      heard.map(() => [1, 1, 1]),
    );
  });
});

async function trained(objectives: Parameters<typeof voicedTraining>[0]) {
  const { session, weights, epochs } = await fit(voicedTraining(objectives, { epochs: 3, choose: 'last' }));
  await session.close();
  return { weights, epochs };
}

describe.each(['logit-correction', 'frozen-logit-correction'] as const)('%s', (kind) => {
  it('of strength 0 is the plain cross-entropy, and of 1 is not', async () => {
    const plain = await trained([]);
    const none = await trained([smallObjective(kind, { strength: 0 })]);
    for (const [at, { train }] of none.epochs.entries()) {
      expect(train.objectives[kind]).toBeCloseTo(train.crossEntropy, 5);
      expect(train.crossEntropy).toBeCloseTo(plain.epochs[at]!.train.crossEntropy, 4);
    }
    const full = await trained([smallObjective(kind)]);
    expect(full.epochs[2]!.train.objectives[kind]).not.toBeCloseTo(full.epochs[2]!.train.crossEntropy, 3);
  });
});

it('the frozen logit correction by answers about other clips is another', async () => {
  const [own, others] = [
    await trained([smallObjective('frozen-logit-correction')]),
    await trained([smallObjective('frozen-logit-correction', { shuffled: true })]),
  ];
  expect(others.weights).not.toEqual(own.weights);
});
