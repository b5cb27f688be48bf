import { expressions, Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { correctedLogits } from '../../../src/learning/objectives/corrected-cross-entropy.js';
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

/** By hand: the mean of minus the logarithm of each class's share of exp(logit) x expectation^strength. */
function defined(data: readonly number[], strength: number): number {
  const expected = heard.map((row) =>
    Array.from({ length: classes }, (_, c) =>
      Math.max(
        row.reduce((total, part, g) => total + (part * counts[g]![c]!) / 10, 0),
        1e-6,
      ),
    ),
  );
  const shares = rowsOf(data, classes).map((row, clip) => {
    const raised = row.map((logit, c) => Math.exp(logit) * expected[clip]![c]! ** strength);
    return raised[labels[clip]!]! / raised.reduce((a, b) => a + b);
  });
  return -shares.reduce((total, share) => total + Math.log(share), 0) / clips;
}

it.each([0, 0.5, 1])(
  'corrected logits equal their definition with strength %d, with the gradient',
  async (strength) => {
    const { value, gradient } = await measured({ x: logits, dims: [clips, classes] }, (x) => {
      const table = (rows: readonly (readonly number[])[]) =>
        x.graph.constant(
          { type: 'float32', dims: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) },
          'table',
        );
      const own = table(
        labels.map((label) => Array.from({ length: classes }, (_, c) => Number(c === label))),
      );
      const corrected = correctedLogits(x, table(heard), table(counts), strength);
      return neg(mean(sum(mul(own, logSoftmax(corrected, -1)), [1], false), undefined, false));
    });
    const numbers = Array.from(logits);
    expect(value).toBeCloseTo(defined(numbers, strength), 5);
    expect(
      relativeDistance(
        gradient,
        slopes(numbers, (x) => defined(x, strength)),
      ),
    ).toBeLessThan(1e-4);
  },
);

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
