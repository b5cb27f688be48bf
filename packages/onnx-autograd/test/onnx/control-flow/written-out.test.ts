import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/backward/differentiate.js';
import { mul, sum } from '../../../src/building/expressions.js';
import { readOnnx } from '../../../src/onnx/read.js';
import { findWeights } from '../../../src/programs/weights.js';
import { Random } from '../../../src/random.js';
import { float32, type Tensor, toNumbers } from '../../../src/tensor.js';
import { compile, compileOnnx, runOnce } from '../../run-graph.js';
import {
  body,
  branch,
  type Case,
  choice,
  floats,
  graph,
  info,
  int,
  ints,
  modelOf,
  node,
  truth,
  typed,
  whole,
  within,
} from './models.js';

const relu = branch(node('Relu', ['x'], ['r']));
const tanh = branch(node('Tanh', ['x'], ['t']));
const [yes, no] = [truth('yes', true), truth('no', false)];
const square = floats('w', [3, 3], 1, -0.5, 0.25, 0.5, 0.75, -1, 0.1, 0.2, -0.3);
const step = [node('MatMul', ['h', 'w'], ['m']), node('Tanh', ['m'], ['next'])];
const loop = (inputs: string[], outputs: string[], ...rest: Parameters<typeof body>) =>
  node('Loop', inputs, outputs, [within('body', body(...rest))]);

/** `h + x_t`, and its tanh. */
const summing = graph([node('Add', ['h', 'e'], ['next']), node('Tanh', ['next'], ['made'])], {
  inputs: [typed('h', 'float32'), typed('e', 'float32')],
  outputs: [typed('next', 'float32'), typed('made', 'float32')],
});

const cases: Readonly<Record<string, Case>> = {
  'a branch by a constant': { initializers: [yes], nodes: [choice('yes', ['y'], [tanh, relu])] },
  'the other branch': { initializers: [no], nodes: [choice('no', ['y'], [relu, tanh])] },
  'a branch by a size, of another rank than the other': {
    initializers: [whole('index', [], 0), whole('two', [], 2), whole('first', [1], 0)],
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'index'], ['size']),
      node('Equal', ['size', 'two'], ['is']),
      choice('is', ['y'], [branch(node('Unsqueeze', ['x', 'first'], ['u'])), tanh]),
    ],
  },
  'a branch in a branch, with names as around it': {
    initializers: [yes, no],
    nodes: [
      choice(
        'yes',
        ['y'],
        [
          branch(
            choice(
              'no',
              ['inner'],
              [relu, branch(node('Sin', ['x'], ['a']), node('Mul', ['a', 'x'], ['r']))],
            ),
            node('Tanh', ['inner'], ['y']),
          ),
          relu,
        ],
      ),
    ],
  },
  'a branch that passes on what is around it': {
    initializers: [yes],
    nodes: [
      node('Sin', ['x'], ['s']),
      choice('yes', ['y'], [branch(node('Identity', ['s'], ['same'])), relu]),
    ],
  },
  'a branch that reads what stands behind it in the file': {
    initializers: [yes],
    nodes: [
      choice('yes', ['y'], [branch(node('Tanh', ['later'], ['t'])), relu]),
      node('Sin', ['x'], ['later']),
    ],
  },
  'branches of the same names, one behind the other': {
    initializers: [yes],
    nodes: [
      choice('yes', ['a'], [tanh, relu]),
      choice('yes', ['b'], [tanh, relu]),
      node('Add', ['a', 'b'], ['y']),
    ],
  },
  'a loop': {
    initializers: [square, whole('three', [], 3), yes],
    nodes: [loop(['three', 'yes', 'x'], ['y'], step)],
  },
  'a loop that gathers what its steps make, by their numbers': {
    initializers: [square, whole('three', [], 3)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [
      loop(
        ['three', '', 'x'],
        ['y', 'all'],
        [...step, node('Cast', ['i'], ['f'], [int('to', 1)]), node('Mul', ['next', 'f'], ['product'])],
        { made: ['product'] },
      ),
    ],
  },
  'a loop of one step': {
    initializers: [square, whole('one', [1], 1)],
    outputs: [typed('all', 'float32')],
    nodes: [
      loop(['one', '', 'x'], ['last', 'all'], [...step, node('Sin', ['next'], ['s'])], { made: ['s'] }),
    ],
  },
  'a loop of no steps': {
    initializers: [square, whole('none', [], 0)],
    nodes: [loop(['none', '', 'x'], ['h1'], step), node('Sin', ['h1'], ['y'])],
  },
  'a loop that begins with no': {
    initializers: [square, no],
    nodes: [loop(['', 'no', 'x'], ['h1'], step), node('Sin', ['h1'], ['y'])],
  },
  'a loop that counts for itself': {
    initializers: [
      square,
      yes,
      whole('zero', [], 0),
      whole('one', [], 1),
      whole('four', [], 4),
      whole('most', [], 99),
    ],
    nodes: [
      node(
        'Loop',
        ['most', 'yes', 'zero', 'x'],
        ['count', 'y'],
        [
          within(
            'body',
            graph([...step, node('Add', ['n', 'one'], ['n1']), node('Less', ['n1', 'four'], ['on'])], {
              inputs: [
                info('i', ['int64']),
                info('go', ['bool']),
                info('n', ['int64']),
                typed('h', 'float32'),
              ],
              outputs: [typed('on', 'bool'), typed('n1', 'int64'), typed('next', 'float32')],
            }),
          ),
        ],
      ),
    ],
  },
  'a state that grows': {
    initializers: [whole('three', [], 3)],
    nodes: [
      loop(
        ['three', '', 'x'],
        ['y'],
        [node('Tanh', ['h'], ['t']), node('Concat', ['h', 't'], ['next'], [int('axis', 1)])],
      ),
    ],
  },
  'a loop in a loop, and a branch by the number of the step': {
    initializers: [square, whole('two', [], 2), whole('one', [], 1)],
    nodes: [
      loop(
        ['two', '', 'x'],
        ['y'],
        [
          loop(['two', '', 'h'], ['inner'], [node('MatMul', ['k', 'w'], ['m']), node('Sin', ['m'], ['k1'])], {
            states: ['k'],
            next: ['k1'],
            inputs: [info('j', ['int64']), info('go2', ['bool']), typed('k', 'float32')],
            outputs: [typed('go2', 'bool'), typed('k1', 'float32')],
          }),
          node('Equal', ['i', 'one'], ['is']),
          choice(
            'is',
            ['next'],
            [branch(node('Tanh', ['inner'], ['a'])), branch(node('Mul', ['inner', 'h'], ['a']))],
          ),
        ],
      ),
    ],
  },
  'a loop that lists what its steps make': {
    initializers: [square, whole('three', [], 3)],
    nodes: [
      node('SequenceEmpty', [], ['empty']),
      node(
        'Loop',
        ['three', '', 'x', 'empty'],
        ['last', 'list'],
        [
          within(
            'body',
            graph(
              [...step, node('SequenceInsert', ['seq', 'next'], ['seq1']), node('Identity', ['go'], ['on'])],
              {
                inputs: [
                  info('i', ['int64']),
                  info('go', ['bool']),
                  typed('h', 'float32'),
                  {
                    name: 'seq',
                    type: { sequenceType: { elemType: { tensorType: { elemType: 1 } } } },
                  } as never,
                ],
                outputs: [
                  typed('on', 'bool'),
                  typed('next', 'float32'),
                  {
                    name: 'seq1',
                    type: { sequenceType: { elemType: { tensorType: { elemType: 1 } } } },
                  } as never,
                ],
              },
            ),
          ),
        ],
      ),
      node('ConcatFromSequence', ['list'], ['y'], [int('axis', 1), int('new_axis', 1)]),
    ],
  },
  'a scan': {
    initializers: [floats('h0', [3], 0.1, 0.2, 0.3)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [node('Scan', ['h0', 'x'], ['y', 'all'], [int('num_scan_inputs', 1), within('body', summing)])],
  },
  'a scan backwards, over the last axis': {
    initializers: [floats('h0', [2], 0.1, 0.2)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [
      node(
        'Scan',
        ['h0', 'x'],
        ['y', 'all'],
        [
          int('num_scan_inputs', 1),
          ints('scan_input_axes', -1),
          ints('scan_input_directions', 1),
          ints('scan_output_axes', 1),
          ints('scan_output_directions', 1),
          within('body', summing),
        ],
      ),
    ],
  },
  'a branch in a function': {
    initializers: [yes],
    functions: [
      {
        name: 'Own',
        domain: 'own',
        input: ['a', 'c'],
        output: ['b'],
        opsetImport: [{ domain: '', version: 17 }],
        node: [
          node('Sin', ['a'], ['s']),
          choice('c', ['b'], [branch(node('Mul', ['s', 'a'], ['m'])), branch(node('Relu', ['s'], ['m']))]),
        ],
      },
    ],
    nodes: [
      node('Own', ['x', 'yes'], ['h'], [], { domain: 'own', name: 'first' }),
      node('Own', ['h', 'yes'], ['y'], [], { domain: 'own', name: 'second' }),
    ],
  },
};

const random = new Random(1);
const x = float32(
  Array.from({ length: 6 }, () => 2 * random.uniform() - 1),
  [2, 3],
);
const isFlow = ({ operator }: { operator: string }) => ['If', 'Loop', 'Scan'].includes(operator);

/** A list of sequences' types, which the schema here skips, is written as nothing: then ONNX Runtime cannot open it. */
const withoutRuntime = new Set(['a loop that lists what its steps make']);

describe('control flow that is known before the graph runs', () => {
  it.each(Object.entries(cases))('computes what ONNX Runtime computes of it: %s', async (name, one) => {
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

  it.each(Object.entries(cases))('has the gradient that its values have: %s', async (_, one) => {
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
    const { y } = await runOnce(readOnnx(modelOf(cases['a loop that lists what its steps make']!)).graph, {
      x,
    });
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
    const { trainable } = findWeights(readOnnx(modelOf({ initializers: [yes], nodes })).graph);
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
