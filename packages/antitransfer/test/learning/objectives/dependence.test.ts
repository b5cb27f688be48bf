import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { outerProduct } from '../../../src/learning/objectives/class-conditional.js';
import { transposedTimes } from '../../../src/learning/objectives/comparison.js';
import { unbiasedAlignment, unbiasedHsic } from '../../../src/learning/objectives/dependence.js';
import { standardisedOverBatch } from '../../../src/learning/objectives/frozen-statement.js';
import { membership } from '../../../src/learning/objectives/groups.js';
import { type Kernel, kernelOf } from '../../../src/learning/objectives/kernels.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';
import { relativeDistance } from './evaluate.js';
import { gaussians, hsicOverQuadruples, innerProducts, unbiasedAlignmentOf } from './likeness-definitions.js';
import { measured, rowsOf, slopes } from './measured.js';

const [clips, n] = [7, 3];
const random = new Random(4);
const x = Float32Array.from({ length: clips * n }, () => random.normal());
const labels = [0, 1, 0, 2, 0, 1, 2];
const kernelsOf = { linear: innerProducts, gaussian: gaussians };
const onLabels = (i: number, j: number) => (labels[i] === labels[j] ? 1 : 0);
const rows = (['linear', 'gaussian'] as const).flatMap((kernel) => [
  [kernel, 'normalised', unbiasedAlignment, unbiasedAlignmentOf] as const,
  [kernel, 'plain', unbiasedHsic, hsicOverQuadruples] as const,
]);

describe('dependence on the label equals the average over choices of four clips, with its gradient', () => {
  it.each(rows)('%s kernel, %s', async (kernel: Kernel, _form, dependence, definition) => {
    const { value, gradient } = await measured(
      { x, dims: [clips, n], labels: { labels } },
      (features, given) => {
        const belongs = membership(given('labels'), 3);
        return dependence(kernelOf(kernel, features), transposedTimes(belongs, belongs));
      },
    );
    const wanted = (data: readonly number[]) =>
      definition(kernelsOf[kernel](rowsOf(data, n)), onLabels, clips);
    expect(Math.abs(wanted(Array.from(x)))).toBeGreaterThan(1e-3);
    expect(value).toBeCloseTo(wanted(Array.from(x)), 5);
    expect(relativeDistance(gradient, slopes(Array.from(x), wanted))).toBeLessThan(1e-3);
  });
});

it.each(rows)(
  'of a batch with one label only it is nothing (%s kernel, %s)',
  async (kernel, _form, dependence) => {
    const one = labels.map(() => 1);
    const { value, gradient } = await measured(
      { x, dims: [clips, n], labels: { labels: one } },
      (features, given) => {
        const belongs = membership(given('labels'), 3);
        return dependence(kernelOf(kernel, features), transposedTimes(belongs, belongs));
      },
    );
    expect(Math.abs(value)).toBeLessThan(1e-5);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-4);
  },
);

describe('likeness of features x predicted classes with what another network says', () => {
  const draw = (count: number, seed: number) => {
    const own = new Random(seed);
    return Array.from({ length: count }, () => own.normal());
  };
  const others = rowsOf(draw(clips * 2, 9), 2);
  const classes = rowsOf(draw(clips * 2, 10), 2).map(([a, b]) => {
    const first = 1 / (1 + Math.exp(b! - a!));
    return [first, 1 - first];
  });

  /** Each column less its mean, divided by its deviation. */
  const standardised = (table: readonly number[][]) => {
    const columns = table[0]!.map((_, c) => {
      const values = table.map((row) => row[c]!);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const deviation = Math.sqrt(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
      );
      return values.map((value) => (value - mean) / deviation);
    });
    return table.map((_, clip) => columns.map((column) => column[clip]!));
  };

  it.each(rows)('%s kernel, %s', async (kernel: Kernel, _form, dependence, definition) => {
    const { value, gradient } = await measured({ x, dims: [clips, n] }, (features) => {
      const table = (of: readonly number[][]) =>
        features.graph.constant(
          { type: 'float32', dims: [clips, of[0]!.length], data: Float32Array.from(of.flat()) },
          'table',
        );
      const own = outerProduct(features, table(classes));
      return dependence(kernelOf(kernel, own), kernelOf(kernel, standardisedOverBatch(table(others))));
    });
    const wanted = (data: readonly number[]) => {
      const own = rowsOf(data, n).map((row, clip) => row.flatMap((a) => classes[clip]!.map((p) => a * p)));
      return definition(kernelsOf[kernel](own), kernelsOf[kernel](standardised(others)), clips);
    };
    expect(value).toBeCloseTo(wanted(Array.from(x)), 4);
    expect(relativeDistance(gradient, slopes(Array.from(x), wanted))).toBeLessThan(2e-3);
  });
});

describe.each(['hsic', 'conditional-similarity', 'prediction-independence'] as const)('%s', (kind) => {
  const train = async (settings: object) => {
    const training = { epochs: 16, batch: 6, learningRate: 0.003, choose: 'last' } as const;
    const objective = smallObjective(kind, { clips: 'auxiliary', ...settings });
    const { session, epochs, weights } = await fit(voicedTraining([objective], training));
    await session.close();
    return { last: epochs.at(-1)?.train.objectives[kind] ?? Number.NaN, weights };
  };

  it('in a training it goes down', async () => {
    expect((await train({ beta: 10 })).last).toBeLessThan((await train({ beta: 0 })).last - 0.1);
  });

  it.each([{ kernel: 'gaussian' }, { normalised: false }, { kernel: 'gaussian', normalised: false }])(
    'is another with %o',
    async (change) => {
      const [plain, changed] = [await train({}), await train(change)];
      expect(Number.isFinite(changed.last)).toBe(true);
      expect(changed.weights).not.toEqual(plain.weights);
    },
  );

  it('refuses batches of fewer than 4 clips by name', async () => {
    await expect(fit(voicedTraining([smallObjective(kind)], { batch: 2 }))).rejects.toThrow(
      `The objective "${kind}" is an estimate over the batch that needs 4 clips or more; training.batch is 2.`,
    );
  });
});

describe.each([
  ['conditional-similarity', [{ conditional: false }, { compare: 'answers' }, { shuffled: true }]],
  ['prediction-independence', [{ compare: 'answers' }, { shuffled: true }]],
] as const)('the objective "%s"', (kind, changes) => {
  it.each(changes)('is another with %o', async (change) => {
    const measuredWith = async (settings: object) => {
      const { session, epochs } = await fit(voicedTraining([smallObjective(kind, settings)], { epochs: 1 }));
      await session.close();
      return epochs[0]?.train.objectives[kind];
    };
    expect(await measuredWith(change)).not.toBeCloseTo((await measuredWith({})) ?? Number.NaN, 4);
  });
});
