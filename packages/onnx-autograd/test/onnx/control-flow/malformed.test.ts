import { describe, expect, it } from 'vitest';
import { AutogradError } from '../../../src/errors.js';
import { readOnnx } from '../../../src/onnx/read.js';
import { writeOnnx } from '../../../src/onnx/write.js';
import { Random } from '../../../src/random.js';
import { decode, encode, mutate } from '../mutate.js';
import {
  body,
  branch,
  type Case,
  choice,
  floats,
  graph,
  info,
  int,
  modelOf,
  node,
  summing,
  truth,
  typed,
  whole,
  within,
} from './models.js';

const relu = branch(node('Relu', ['x'], ['r']));
const initializers = [
  truth('yes', true),
  whole('two', [], 2),
  floats('w', [3, 3], 1, 0, 0, 0, 1, 0, 0, 0, 1),
  floats('h0', [3], 0.1, 0.2, 0.3),
];
const given = [info('x', ['float32', 2, 3]), info('c', ['bool'])];
const loop = (...rest: Parameters<typeof body>) =>
  node('Loop', ['two', 'yes', 'x'], ['y'], [within('body', body(...rest))], { name: 'steps' });
const scan = (count: number, ...inputs: string[]) =>
  node('Scan', inputs, ['y', 'all'], [int('num_scan_inputs', count), within('body', summing)], {
    name: 'steps',
  });

const broken: Readonly<Record<string, [Case, RegExp]>> = {
  'a branch without its output': [
    { nodes: [choice('yes', ['y'], [graph([], { outputs: [typed('gone', 'float32')] }), relu])] },
    /If \(node "y"\): "gone", an output of "part" in it, is computed by no node/,
  ],
  'a branch with fewer outputs than the node': [
    { nodes: [choice('yes', ['y', 'z'], [relu, relu])] },
    /If \(node "y"\): it has 2 outputs, and 1 are told within it/,
  ],
  'no branch': [
    { nodes: [node('If', ['yes'], ['y'], [within('else_branch', relu)])] },
    /If \(node "y"\): the graph "then_branch" is missing/,
  ],
  'no condition': [
    { nodes: [node('If', [], ['y'], [within('then_branch', relu), within('else_branch', relu)])] },
    /If \(node "y"\): its condition is missing/,
  ],
  'a condition that is a number': [
    { nodes: [choice('two', ['y'], [relu, relu])] },
    /If \(node "y"\): its input 0 must be one bool; it is "two \(\)", int64/,
  ],
  'a condition that nothing computes': [
    { nodes: [choice('gone', ['y'], [relu, relu])] },
    /If \(node "y"\): nothing computes its input "gone"/,
  ],
  'a branch that reads what nothing computes': [
    { nodes: [choice('yes', ['y'], [branch(node('Relu', ['gone'], ['r'])), relu])] },
    /Relu.*nothing computes its input "gone"/,
  ],
  'a branch that reads what needs it': [
    {
      nodes: [
        choice('yes', ['a'], [branch(node('Relu', ['b'], ['r'])), relu]),
        node('Sin', ['a'], ['b']),
        node('Sin', ['b'], ['y']),
      ],
    },
    /nothing computes its input "(a|b)"|go in a circle/,
  ],
  'a branch that gives a name anew': [
    { nodes: [choice('yes', ['y'], [branch(node('Sin', ['x'], ['w'])), relu])] },
    /another value is called "w" too/,
  ],
  'a branch that stores under a name that is there': [
    {
      nodes: [
        choice(
          'yes',
          ['y'],
          [
            graph([node('Sin', ['x'], ['r'])], {
              outputs: [typed('r', 'float32')],
              initializers: [floats('w', [1], 1)],
            }),
            relu,
          ],
        ),
      ],
    },
    /If \(node "y"\): two values are called "w"/,
  ],
  'branches of other types, where either may run': [
    {
      inputs: given,
      nodes: [choice('c', ['y'], [branch(node('Shape', ['x'], ['s'])), relu])],
    },
    /If \(node "y"\): its output "y" is int64 in one branch, float32 in the other/,
  ],
  'what is not read, in a branch that may run': [
    {
      opset: 18,
      inputs: given,
      nodes: [choice('c', ['y'], [branch(node('BitwiseNot', ['x'], ['s'])), relu])],
    },
    /If \(node "y"\): its condition "c" was not known .* cannot stay as it is: BitwiseNot is not there in opset 17/,
  ],
  'a body with another number of inputs': [
    { nodes: [loop([node('Sin', ['h'], ['next'])], { states: ['h', 'k'] })] },
    /Loop \(node "steps"\): its body has 4 inputs, and is given 3/,
  ],
  'a body without outputs': [
    { nodes: [loop([], { outputs: [] })] },
    /Loop \(node "steps"\): its body has 0 outputs; a condition and 1 states are due/,
  ],
  'a body that declares another type': [
    {
      nodes: [
        loop([node('Identity', ['h'], ['next'])], {
          inputs: [info('i', ['int64']), info('go', ['bool']), typed('h', 'int64')],
        }),
      ],
    },
    /Loop \(node "steps"\): "h" in its body is int64; it is given "x", float32/,
  ],
  'a state that becomes of another type': [
    { nodes: [loop([node('Shape', ['h'], ['next'])])] },
    /Loop \(node "steps"\): its state 0 is float32, and after a step int64/,
  ],
  'an input of a body that is called like what is around it': [
    {
      nodes: [
        loop([node('Sin', ['x'], ['next'])], {
          inputs: [info('i', ['int64']), info('go', ['bool']), typed('x', 'float32')],
        }),
      ],
    },
    /Loop \(node "steps"\): its input "x" has no name of its own/,
  ],
  'a condition of a body that is a number': [
    {
      nodes: [
        loop([node('Sin', ['h'], ['next'])], { outputs: [typed('i', 'int64'), typed('next', 'float32')] }),
      ],
    },
    /Loop \(node "steps"\): the condition that its body makes is no truth value/,
  ],
  'more outputs than a body makes': [
    {
      nodes: [{ ...loop([node('Sin', ['h'], ['next'])]), output: ['y', 'more'] }],
    },
    /Loop \(node "steps"\): it has 2 outputs, and 1 are told within it/,
  ],
  'a scan over nothing': [{ nodes: [scan(0, 'h0', 'x')] }, /Scan \(node "steps"\): 2 inputs, of which 0 are/],
  'a scan over more than it has': [{ nodes: [scan(3, 'h0', 'x')] }, /of which 3 are sequences/],
  'a scan over sequences of two lengths': [
    {
      nodes: [
        node(
          'Scan',
          ['w', 'x'],
          ['y'],
          [
            int('num_scan_inputs', 2),
            within('body', {
              ...summing,
              input: [typed('h', 'float32'), typed('e', 'float32')],
            }),
          ],
          { name: 'steps' },
        ),
      ],
    },
    /Scan \(node "steps"\): its sequences have the lengths 3, 2; one is due/,
  ],
  'a scan over an axis that is not there': [
    {
      nodes: [
        node(
          'Scan',
          ['h0', 'x'],
          ['y'],
          [
            int('num_scan_inputs', 1),
            { name: 'scan_input_axes', type: 7, ints: [2] },
            within('body', summing),
          ],
        ),
      ],
    },
    /axis 2 is out of range for 2 axes/,
  ],
  'a scan of the first opset that had it': [
    { opset: 8, nodes: [scan(1, 'h0', 'x')] },
    /Scan \(node "steps"\): Scan of opset 8 has another form.* Export with opset 17/,
  ],
};

describe('graphs within nodes that are not sound', () => {
  it.each(Object.entries(broken))('are refused by name: %s', (_, [one, message]) => {
    const read = () => readOnnx(modelOf({ initializers, ...one }));
    expect(read).toThrow(AutogradError);
    expect(read).toThrow(message);
  });

  /** Changed anywhere, also within. */
  it('are read, or refused, whatever is changed in them', () => {
    const sound = modelOf({
      inputs: given,
      initializers,
      nodes: [
        choice('yes', ['a'], [branch(node('Sin', ['x'], ['t'])), relu]),
        choice('c', ['b'], [branch(node('MatMul', ['a', 'w'], ['t'])), branch(node('Relu', ['a'], ['t']))]),
        node(
          'Loop',
          ['two', 'yes', 'b'],
          ['l'],
          [within('body', body([node('MatMul', ['h', 'w'], ['m']), node('Tanh', ['m'], ['next'])]))],
        ),
        scan(1, 'h0', 'l'),
      ],
    });
    const random = new Random(5);
    const counts = { read: 0, refused: 0 };
    for (let i = 0; i < 600 * Number(process.env.FUZZ ?? 1); i++) {
      const model = decode(sound);
      const within = (model.graph?.node ?? []).flatMap(({ attribute = [] }) =>
        attribute.flatMap(({ g }) => g ?? []),
      );
      // A graph within is changed as a whole graph is.
      const inner = random.pick(within);
      const done = random.uniform() < 0.7 ? mutate({ graph: inner }, random) : mutate(model, random);
      const bytes = encode(model);
      try {
        const { graph: read } = readOnnx(bytes);
        readOnnx(writeOnnx(read));
        counts.read++;
      } catch (error) {
        const isOurs =
          error instanceof AutogradError && !(/sound/.test(error.message) && error.cause !== undefined);
        if (!isOurs) throw new Error(`${done.join(', ')} (${i}): ${error}`, { cause: error });
        counts.refused++;
      }
    }
    expect(counts.read).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(50);
  }, 60_000);
});
