import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { controlLabels } from '../../src/analysis/control-labels.js';
import { descriptionLength } from '../../src/analysis/description-length.js';
import { fitMlp, mlpLoss } from '../../src/analysis/mlp.js';
import { probe } from '../../src/analysis/probe.js';

/** Vectors whose label is whether two of their features have one sign. */
function exclusiveOr(n: number) {
  const random = new Random(1);
  const vectors = Array.from({ length: n }, () => Float32Array.from({ length: 4 }, () => random.normal()));
  return { vectors, labels: vectors.map(([a = 0, b = 0]) => (a > 0 === b > 0 ? 'same' : 'other')) };
}

describe('a probe with a hidden layer', () => {
  const { vectors, labels } = exclusiveOr(300);

  it('reads what no linear probe does', () => {
    expect(probe(vectors, labels, { random: new Random(2) }).accuracy).toBeLessThan(0.62);
    expect(probe(vectors, labels, { random: new Random(2), reader: 'mlp' }).accuracy).toBeGreaterThan(0.8);
  }, 60_000);

  it('gives the same numbers for the same seed', () => {
    const some = [vectors.slice(0, 60), labels.slice(0, 60)] as const;
    const read = () => probe(...some, { random: new Random(2), reader: 'mlp' });
    expect(read()).toEqual(read());
  });

  it('reads nothing where labels mean nothing', () => {
    const random = new Random(7);
    const drawn = labels.map(() => random.pick(['a', 'b']));
    expect(probe(vectors, drawn, { random: new Random(2), reader: 'mlp' }).accuracy).toBeLessThan(0.62);
  }, 60_000);

  it('falls along its gradient: a step against finite differences of the loss is none further', () => {
    const codes = labels.slice(0, 40).map((label) => (label === 'same' ? 1 : 0));
    const some = vectors.slice(0, 40);
    const model = fitMlp(some, codes, 2, 0, new Random(3));
    const loss = mlpLoss(model, some, codes);
    // Near a minimum every small step in a direction of a weight changes the loss by its square.
    const slopes = [...model.weights.keys()].map((i) => {
      const moved = (by: number) => {
        const weights = model.weights.slice();
        weights[i]! += by;
        return mlpLoss({ ...model, weights }, some, codes);
      };
      return Math.abs(moved(1e-4) - moved(-1e-4)) / 2e-4;
    });
    expect(loss).toBeLessThan(0.2);
    expect(Math.max(...slopes)).toBeLessThan(0.02);
  });
});

describe('control labels', () => {
  const labels = ['ann', 'ann', 'bob', 'bob', 'ann', 'bob', 'cat', 'cat'];
  const types = ['0 ann', '1 ann', '0 bob', '1 bob', '0 ann', '1 bob', '0 cat', '1 cat'];

  it('give each type one label, and keep how often types have each', () => {
    const control = controlLabels(labels, types, new Random(4));
    const given = new Map(types.map((type, i) => [type, control[i]]));
    expect(control).toEqual(types.map((type) => given.get(type)));
    expect([...given.values()].sort()).toEqual(['ann', 'ann', 'bob', 'bob', 'cat', 'cat']);
    expect(control).not.toEqual(labels);
    expect(controlLabels(labels, types, new Random(4))).toEqual(control);
  });

  it('are learned by heart by who knows the types, and by nobody else', () => {
    const random = new Random(5);
    const clips = Array.from({ length: 360 }, (_, i) => ({ digit: i % 6, speaker: Math.floor(i / 6) % 3 }));
    const vectors = clips.map(({ digit, speaker }) =>
      Float32Array.from(
        { length: 9 },
        (_, i) => 0.3 * random.normal() + (i === digit || i === 6 + speaker ? 2 : 0),
      ),
    );
    const own = clips.map(({ speaker }) => `speaker ${speaker}`);
    const control = controlLabels(
      own,
      clips.map(({ digit, speaker }) => `${digit} ${speaker}`),
      new Random(6),
    );
    const read = (of: readonly string[], reader: 'linear' | 'mlp') =>
      probe(vectors, of, { random: new Random(2), reader }).accuracy;
    expect(read(own, 'linear')).toBeGreaterThan(0.97);
    const selectivity = (reader: 'linear' | 'mlp') => read(own, reader) - read(control, reader);
    // A perceptron knows pairs of digit and speaker, a linear probe does not.
    expect(selectivity('linear')).toBeGreaterThan(selectivity('mlp') + 0.1);
  }, 60_000);
});

describe('a description length', () => {
  const random = new Random(8);
  const codes = Array.from({ length: 200 }, (_, i) => i % 4);
  const vectors = codes.map((code) =>
    Float32Array.from({ length: 6 }, (_, i) => random.normal() + (i === code ? 6 : 0)),
  );
  const labels = codes.map(String);
  const length = (of: readonly string[], reader: 'linear' | 'mlp' = 'linear') =>
    descriptionLength(vectors, of, { random: new Random(2), reader });

  it.each(['linear', 'mlp'] as const)('is short where labels are easily read (%s)', async (reader) => {
    const { bits, uniform } = await length(labels, reader);
    expect(uniform).toBe(400);
    // The first block of 12 or 13 labels costs two bits each, whatever they are.
    expect(bits).toBeGreaterThan(24);
    expect(bits).toBeLessThan(60);
  });

  it('is no shorter than without the vectors where these say nothing', async () => {
    const drawn = labels.map(() => random.pick(['0', '1', '2', '3']));
    expect((await length(drawn)).bits).toBeGreaterThan(380);
  });

  it('is longer where more vectors are needed to learn the same: noise', async () => {
    const noisy = vectors.map((vector) => vector.map((value) => value + 2 * random.normal()));
    const { bits } = await descriptionLength(noisy, labels, { random: new Random(2) });
    expect(bits).toBeGreaterThan((await length(labels)).bits + 30);
  });
});
