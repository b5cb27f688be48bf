import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/backward/differentiate.js';
import { mul, sum } from '../../../src/building/expressions.js';
import { readOnnx } from '../../../src/onnx/read.js';
import { findWeights } from '../../../src/programs/weights.js';
import { Random } from '../../../src/random.js';
import { float32, type Tensor, toNumbers } from '../../../src/tensor.js';
import { compile, compileOnnx, runOnce } from '../../run-graph.js';
import {
  choice,
  floats,
  graph,
  ints,
  loop,
  modelOf,
  node,
  square,
  step,
  truth,
  typed,
  whole,
} from './models.js';
import { writtenOut } from './written-out-cases.js';

const random = new Random(1);
const x = float32(
  Array.from({ length: 6 }, () => 2 * random.uniform() - 1),
  [2, 3],
);
const isFlow = ({ operator }: { operator: string }) => ['If', 'Loop', 'Scan'].includes(operator);

/** A list of sequences' types, which the schema here skips, is written as nothing: then ONNX Runtime cannot open it. */
const withoutRuntime = new Set(['a loop that lists what its steps make']);

describe('control flow that is known before the graph runs', () => {
  it.each(Object.entries(writtenOut))('computes what ONNX Runtime computes of it: %s', async (name, one) => {
    const bytes = modelOf(one);
    const { graph: read } = readOnnx(bytes);
    expect(read.nodes.filter(isFlow)).toEqual([]);
    const found = await runOnce(read, { x });
    if (withoutRuntime.has(name)) return;
    const due = await (await compileOnnx(bytes))({ x });
    expect(Object.keys(found)).toEqual(Object.keys(due));
    for (const [output, tensor] of Object.entries(due)) {
      expect(found[output]?.dims).toEqual(tensor.dims);
      for (const [i, value] of toNumbers(tensor).entries())
        expect(toNumbers(found[output] as Tensor)[i]).toBeCloseTo(value, 5);
    }
  });

  it.each(Object.entries(writtenOut))('has the gradient that its values have: %s', async (_, one) => {
    const { graph: read } = readOnnx(modelOf(one));
    const [output] = read.outputs;
    const [input] = read.inputs;
    const weights = read.constant(
      float32(
        Array.from({ length: output!.knownShape.reduce<number>((a, b) => a * Number(b), 1) }, () =>
          random.uniform(),
        ),
        output!.knownShape as number[],
      ),
    );
    const axes = output!.knownShape.map((_axis, i) => i);
    const loss = sum(mul(output!, weights), axes, false);
    const gradient = differentiate(read, loss, [input!]).get(input!)!;
    read.setOutputs([loss, gradient]);
    const run = await compile(read);
    const slopes = toNumbers((await run({ x }))[gradient.name] as Tensor);
    for (const [i, slope] of slopes.entries()) {
      const at = async (by: number) => {
        const data = Float32Array.from(x.data as Float32Array);
        data[i] = data[i]! + by;
        return toNumbers((await run({ x: { ...x, data } }))[loss.name] as Tensor)[0]!;
      };
      const difference = ((await at(0.01)) - (await at(-0.01))) / 0.02;
      expect(Math.abs(slope - difference)).toBeLessThan(2e-3 * (1 + Math.abs(difference)));
    }
  });

  it('lists what its steps make as one would by hand', async () => {
    const { y } = await runOnce(
      readOnnx(modelOf(writtenOut['a loop that lists what its steps make']!)).graph,
      {
        x,
      },
    );
    const gathered = await runOnce(
      readOnnx(
        modelOf({
          initializers: [square, whole('three', [], 3)],
          nodes: [
            loop(['three', '', 'x'], ['last', 'all'], [...step, node('Identity', ['next'], ['made'])], {
              made: ['made'],
            }),
            node('Transpose', ['all'], ['y'], [ints('perm', 1, 0, 2)]),
          ],
        }),
      ).graph,
      { x },
    );
    expect(y).toEqual(gathered.y);
  });
});

describe('weights in control flow', () => {
  it('of a branch are weights, of the branch that is taken', () => {
    const of = (name: string, value: number) =>
      graph([node('MatMul', ['x', name], ['m'])], {
        outputs: [typed('m', 'float32')],
        initializers: [floats(name, [3, 1], value, value, value)],
      });
    const nodes = [choice('yes', ['y'], [of('a', 1), of('b', 2)], { name: 'which' })];
    const { trainable } = findWeights(readOnnx(modelOf({ initializers: [truth('yes', true)], nodes })).graph);
    expect([...trainable].map(({ name }) => name)).toEqual(['which/a']);
  });

  it('are the same at all steps of a loop', async () => {
    const nodes = [
      loop(['three', '', 'x'], ['y'], [node('MatMul', ['h', 'inner'], ['next'])], {
        initializers: [floats('inner', [3, 3], 2, 0, 0, 0, 2, 0, 0, 0, 2)],
      }),
    ];
    const { graph: read } = readOnnx(modelOf({ initializers: [whole('three', [], 3)], nodes }));
    const [weight, ...others] = findWeights(read).trainable;
    expect(others).toEqual([]);
    const loss = sum(read.outputs[0]!, [0, 1], false);
    const gradient = differentiate(read, loss, [weight!]).get(weight!)!;
    read.setOutputs([gradient]);
    const [first] = toNumbers((await runOnce(read, { x }))[gradient.name] as Tensor);
    const [a, d] = [x.data[0], x.data[3]].map(Number) as [number, number];
    // Of x w^3 with w = 2 I: three times 4, for the first column.
    expect(first).toBeCloseTo(12 * (a + d), 4);
  });
});
