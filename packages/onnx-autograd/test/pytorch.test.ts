import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../src/backward/differentiate.js';
import { conv, logSoftmax, mul, neg, relu, sum } from '../src/building/expressions.js';
import { Graph } from '../src/building/graph.js';
import type { Value } from '../src/graph/value.js';
import { float32, type Tensor, toNumbers } from '../src/tensor.js';
import { runOnce } from './run-graph.js';

interface Described {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

interface Pass {
  readonly loss: number;
  readonly scores: Described;
  readonly gradients: Readonly<Record<string, Described>>;
}

/** Written by `fixtures/reference_cnn.py` with PyTorch 1.13. */
interface Reference {
  readonly x: Described;
  readonly target: readonly number[];
  readonly parameters: Readonly<Record<string, Described>>;
  readonly running_mean: Described;
  readonly running_var: Described;
  readonly train: Pass;
  readonly eval: Pass;
}

const file = new URL('fixtures/reference_cnn.json', import.meta.url);
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
const tensor = ({ dims, data }: Described): Tensor => float32(data, dims);

/** The fixture's network: convolution, batch normalization, ReLU, pooling, convolution, mean, linear layer. */
function build(training: boolean) {
  const graph = new Graph('reference');
  const x = graph.input('x', reference.x.dims);
  const parameters = new Map(
    Object.entries(reference.parameters).map(([name, value]) => [
      name,
      graph.initializer(tensor(value), name),
    ]),
  );
  const of = (name: string) => parameters.get(name) as Value;
  const first = conv(x, of('conv1.weight'), of('conv1.bias'), { pads: [1, 1, 1, 1] });
  const running = [reference.running_mean, reference.running_var].map((value) =>
    graph.initializer(tensor(value)),
  );
  const [normalised] = graph.applyAll(
    'BatchNormalization',
    [first, of('norm.weight'), of('norm.bias'), ...running],
    { training_mode: training ? 1 : 0 },
    { outputCount: training ? 3 : 1 },
  );
  const pooled = graph.apply('MaxPool', [relu(normalised as Value)], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  });
  const second = conv(pooled, of('conv2.weight'), of('conv2.bias'), { pads: [1, 0, 1, 0] });
  const features = graph.apply('Flatten', [graph.apply('GlobalAveragePool', [second])]);
  const logits = graph.apply('Gemm', [features, of('classifier.weight'), of('classifier.bias')], {
    transB: 1,
  });
  const scores = logSoftmax(logits, 1);
  const count = reference.target.length;
  const oneHot = reference.target.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 1 / count : 0)));
  const loss = neg(sum(mul(scores, graph.initializer(float32(oneHot, [count, 3]))), [0, 1], false));
  return { graph, x, parameters, scores, loss };
}

describe.each(['train', 'eval'] as const)('a small CNN in PyTorch’s mode %s', (mode) => {
  it('has the scores, the loss and every gradient of PyTorch’s autograd', async () => {
    const { graph, x, parameters, scores, loss } = build(mode === 'train');
    const wanted = new Map<string, Value>([['x', x], ...parameters]);
    const gradients = differentiate(graph, loss, [...wanted.values()]);
    for (const value of [scores, loss, ...gradients.values()]) graph.output(value);
    const results = await runOnce(graph, { x: tensor(reference.x) });
    const pass = reference[mode];
    const compare = (value: Value, expected: Described) => {
      const found = results[value.name] as Tensor;
      expect(found.dims).toEqual(expected.dims);
      // In training the first bias has no effect: its gradient is 0 but for rounding.
      const largest = Math.max(...expected.data.map(Math.abs), 0.01);
      for (const [i, number] of toNumbers(found).entries()) {
        expect(Math.abs(number - (expected.data[i] as number)) / largest).toBeLessThan(1e-5);
      }
    };
    expect(toNumbers(results[loss.name] as Tensor)[0]).toBeCloseTo(pass.loss, 5);
    compare(scores, pass.scores);
    expect(Object.keys(pass.gradients).sort()).toEqual([...wanted.keys()].sort());
    for (const [name, value] of wanted) {
      compare(gradients.get(value) as Value, pass.gradients[name] as Described);
    }
  });
});
