import { expressions, Random, type Value } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { liftOf } from '../../../src/learning/objectives/beyond-chance.js';
import {
  correctedBeyondChance,
  correctedLogits,
} from '../../../src/learning/objectives/corrected-cross-entropy.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { measured, rowsOf, slopes } from './measured.js';

const { add, logSoftmax, mean, mul, neg, sum } = expressions;

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
  const strength = 0.5;
  /** @param met how often each class came with each group, without what was there before any clip */
  const correct = (met: readonly (readonly number[])[], trained: number) => (x: Value) => {
    const clipsOfTraining = x.graph.constant(
      { type: 'float32', dims: [], data: Float32Array.of(trained) },
      'clips',
    );
    const counted = tableIn(
      x,
      met.map((row) => row.map((count) => count + 1)),
    );
    return correctedBeyondChance(x, tableIn(x, heard), { counts: counted, clips: clipsOfTraining, strength });
  };
  const times = (table: readonly (readonly number[])[], factor: number) =>
    table.map((row) => row.map((count) => factor * count));
  /** Nothing is added to logits, whatever the class. */
  const asTheyAre = heard.map(() => [1, 1, 1]);

  it.each([
    { epochs: 'in the first epoch', trained: 5000, seen: 2000 },
    { epochs: 'in later ones', trained: 100, seen: 100 },
  ])('logits equal their definition $epochs', async ({ trained, seen }) => {
    const met = times(counts, 100);
    const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    const ofClass = [0, 1, 2].map((c) => met[0]![c]! + met[1]![c]!);
    const chiSquared = total(
      met.flatMap((row) =>
        row.map((count, c) => {
          const wanted = (total(row) * ofClass[c]!) / 2000;
          return ((seen / 2000) * (count - wanted) ** 2) / wanted;
        }),
      ),
    );
    // scipy.stats.chi2.ppf(0.999, 2)
    const beyond = 1 - 13.81551056 / chiSquared;
    expect(beyond).toBeGreaterThan(0.5);
    const atAll = ofClass.map((count) => (count + 2) / (2000 + 6));
    const shares = met.map((row) => row.map((count, c) => (count + 3 * atAll[c]!) / (total(row) + 3)));
    await expectLoss(
      correct(met, trained),
      heard.map((row) =>
        atAll.map(
          (all, c) => (total(row.map((part, g) => part * shares[g]![c]!)) / all) ** (strength * beyond),
        ),
      ),
    );
  });

  it.each([
    { what: 'few clips', met: counts, trained: 1000 },
    { what: 'independent labels', met: times([counts[0]!, counts[0]!], 100), trained: 1000 },
    {
      what: 'a rare group and a rare class',
      met: [
        [97, 900, 3],
        [0, 8, 1],
      ],
      trained: 1009,
    },
  ])('logits stay as they are with $what', async ({ met, trained }) => {
    await expectLoss(correct(met, trained), asTheyAre);
  });

  it('a group that was hardly ever heard says nothing', async () => {
    const { value } = await measured({ x: logits, dims: [clips, classes] }, (x) => {
      const rare = [
        [701, 251, 51],
        [1, 2, 1],
      ];
      const lifts = liftOf(tableIn(x, [[0, 1]]), tableIn(x, rare));
      const ofFirst = sum(mul(lifts, tableIn(x, [[1, 0, 0]])), [0, 1], false);
      return add(ofFirst, mul(sum(x, [0, 1], false), 0));
    });
    // Met once in class 1: (0 + 3 x 0.7) / (1 + 3) of 0.7.
    expect(value).toBeCloseTo(0.75, 2);
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
