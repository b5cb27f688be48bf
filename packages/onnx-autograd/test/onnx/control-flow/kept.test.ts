import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/backward/differentiate.js';
import { copyGraph } from '../../../src/building/copy.js';
import { mul, sum } from '../../../src/building/expressions.js';
import { Graph } from '../../../src/building/graph.js';
import { OnnxFormatError, UnsupportedOperatorError } from '../../../src/errors.js';
import { exportOnnx } from '../../../src/onnx/export.js';
import { readOnnx, readProgram } from '../../../src/onnx/read.js';
import { writeOnnx } from '../../../src/onnx/write.js';
import { ProgramBuilder } from '../../../src/programs/builder.js';
import { findWeights } from '../../../src/programs/weights.js';
import { float32, int64, type Tensor, toNumbers } from '../../../src/tensor.js';
import { compileOnnx, runOnce } from '../../run-graph.js';
import { bool, given, kept, x } from './kept-cases.js';
import {
  branch,
  type Case,
  choice,
  graph,
  info,
  int,
  loop,
  modelOf,
  node,
  square,
  step,
  truth,
  typed,
  whole,
  within,
} from './models.js';

describe('control flow that is seen when the graph runs', () => {
  it.each(Object.entries(kept))('stays, and does what it did in the file: %s', async (_, { one, feeds }) => {
    const bytes = modelOf(one);
    const model = readOnnx(bytes);
    const again = readOnnx(exportOnnx(model)).graph;
    const sent = readProgram(writeOnnx(model.graph));
    const copied = new Graph('copy');
    const inputs = model.graph.inputs.map(({ name, shape, type }) => [name, copied.input(name, shape, type)]);
    const copy = copyGraph(copied, model.graph, { inputs: Object.fromEntries(inputs) });
    for (const output of model.graph.outputs) copied.output(copy.value(output));
    for (const fed of feeds) {
      const due = Object.values(await (await compileOnnx(bytes))(fed));
      for (const read of [model.graph, again, sent, copied]) {
        const found = Object.values(await runOnce(read, fed));
        for (const [i, tensor] of due.entries()) {
          expect(found[i]?.dims).toEqual(tensor.dims);
          for (const [k, value] of toNumbers(tensor).entries())
            expect(toNumbers(found[i] as Tensor)[k]).toBeCloseTo(value, 5);
          // What is told of a shape is so.
          for (const [axis, size] of (read.outputs[i]?.shape ?? []).entries())
            if (typeof size === 'number') expect(tensor.dims[axis]).toBe(size);
        }
      }
    }
  });

  it.each<[string, string, RegExp]>([
    [
      'an input of whole numbers',
      'a loop of as many steps as it is told',
      /steps, "n", .*constants: \{ "n": … \}/,
    ],
    [
      'a size',
      'a scan over a length that is open',
      /number of steps was not .*sizes of "x" .*shapes: \{ "x": \[…\] \}/,
    ],
    [
      'a truth value',
      'a branch by an input',
      /its condition "c" was not known .*If "c" is always fed the same/,
    ],
  ])('lets no gradient pass, and says what to tell: %s', (_, name, message) => {
    const { graph: read } = readOnnx(modelOf(kept[name]!.one));
    const [y] = read.outputs;
    const axes = y!.knownShape.map((_axis, i) => i);
    const loss = sum(y!, axes, false);
    const differentiated = () => differentiate(read, loss, [read.value('x')]);
    expect(differentiated).toThrow(UnsupportedOperatorError);
    expect(differentiated).toThrow(message);
  });

  it('tells that weights in it are left, and why', () => {
    const { graph: read } = readOnnx(modelOf(kept['a loop of as many steps as it is told']!.one));
    const { trainable, left } = findWeights(read);
    expect(trainable.size).toBe(0);
    expect(left.get(read.value('w'))).toMatch(
      /^it is used in Loop \(node "steps"\), which no gradient passes, for its number of steps, "n", .* constants: \{ "n": … \}/,
    );
  });

  it('has no copy of what is read elsewhere, too, and may be trained there', () => {
    const constant = node(
      'Constant',
      [],
      ['k'],
      [{ name: 'value', type: 4, t: { dims: [2], dataType: 1, floatData: [1, 2] } }],
    );
    const cat = branch(node('Concat', ['k', 'k'], ['a'], [int('axis', 0)]));
    const other = branch(node('Tile', ['k', 'two'], ['a']));
    const one = {
      inputs: [info('c', ['bool'])],
      initializers: [whole('two', [1], 2)],
      nodes: [
        constant,
        choice('c', ['b'], [cat, other]),
        node('Sin', ['k'], ['s']),
        node('Sum', ['b', 'b'], ['y']),
      ],
    };
    const { graph: read } = readOnnx(modelOf(one));
    const flow = read.nodes.find(({ operator }) => operator === 'If');
    expect(flow?.inputs).toContain(read.value('k'));
  });

  it('lets what is behind it be trained', async () => {
    const { graph: read } = readOnnx(modelOf(kept['a branch by an input']!.one));
    const weight = read.initializer(float32([1, 2, 3, 4, 5, 6], [2, 3]), 'weight');
    const [y] = read.outputs;
    const gradient = differentiate(read, sum(mul(y!, weight), [0, 1], false), [weight]).get(weight)!;
    read.setOutputs([y!, gradient]);
    const found = await runOnce(read, { x, c: bool(1) });
    expect(found[gradient.name]?.data).toEqual(found.y?.data);
  });

  it('tells the sizes of what it makes by those that it was given', async () => {
    const made = { states: ['h'], next: ['next'], made: ['e'] };
    const one: Case = {
      inputs: [info('x', ['float32', 'batch', 3]), info('n', ['int64'])],
      initializers: [square],
      outputs: [typed('y', 'float32'), typed('all', 'float32')],
      nodes: [
        node('Sin', ['x'], ['s']),
        loop(['n', '', 's'], ['y', 'all'], [...step, node('Neg', ['next'], ['e'])], made),
      ],
    };
    const { graph: read } = readOnnx(modelOf(one));
    expect(read.value('y').shape).toEqual(['batch', 3]);
    expect(read.value('all').shape?.slice(1)).toEqual(['batch', 3]);
    const again = readProgram(writeOnnx(read));
    for (const steps of [2, 0]) {
      const feeds = { x, n: int64(steps) };
      const due = await (await compileOnnx(exportOnnx({ graph: read })))(feeds);
      expect(due.y?.dims).toEqual([2, 3]);
      // Of no steps it is a list of none, which still has all its axes.
      expect(due.all?.dims.length).toBe(3);
      expect((await runOnce(again, feeds)).all).toEqual(due.all);
    }
  });

  it('is refused in training where what it does would be another thing', () => {
    const dropout = branch(node('Dropout', ['x'], ['a']));
    const one = { inputs: given, nodes: [choice('c', ['y'], [dropout, branch(node('Relu', ['x'], ['a']))])] };
    const { graph: read } = readOnnx(modelOf(one));
    const builder = new ProgramBuilder();
    const inputs = { x: builder.graph.input('x', [2, 3]), c: builder.graph.input('c', [], 'bool') };
    expect(() => builder.include(read, { inputs, training: true })).toThrow(
      /If \(node "If"\): the Dropout in it would stay as in evaluation, for its condition "c" was not known/,
    );
    expect(() => builder.include(read, { inputs })).not.toThrow();
  });

  it('is known once it is told what an input always is, or how large it is', () => {
    const names = (one: Case, options: Parameters<typeof readOnnx>[1]) => {
      const { graph: read } = readOnnx(modelOf(one), options);
      const flow = read.nodes.filter(({ operator }) => ['If', 'Loop', 'Scan'].includes(operator));
      return [flow.length, read.inputs.map(({ name }) => name).join()];
    };
    expect(names(kept['a branch by an input']!.one, { constants: { c: bool(1) } })).toEqual([0, 'x']);
    expect(names(kept['a loop of as many steps as it is told']!.one, { constants: { n: int64(3) } })).toEqual(
      [0, 'x'],
    );
    expect(names(kept['a scan over a length that is open']!.one, { shapes: { x: [4, 3] } })).toEqual([
      0,
      'x',
    ]);
  });

  it.each<[string, Parameters<typeof readOnnx>[1], RegExp]>([
    ['of no input', { constants: { sr: int64(1) } }, /no input "sr"; its inputs are "x", "n"/],
    [
      'of another type',
      { constants: { n: float32([1], []) } },
      /"n" is int64 \(\) in the file; float32 \(\)/,
    ],
    [
      'of another rank',
      { shapes: { x: [2, 3, 1] } },
      /"x" is float32 \(2, 3\) in the file; float32 \(2, 3, 1\)/,
    ],
    ['of another size', { shapes: { x: [2, 4] } }, /\(2, 3\) in the file; float32 \(2, 4\)/],
    [
      'a bare number',
      { constants: { n: 3 as unknown as Tensor } },
      /"n" is given as 3; a tensor is due, as int64\(…\)/,
    ],
    [
      'more numbers than the sizes say',
      { constants: { n: { type: 'int64', dims: [], data: BigInt64Array.of(1n, 2n) } } },
      /"n" is given as int64 \(\) with 2 numbers in a BigInt64Array; 1 in a BigInt64Array/,
    ],
    [
      'numbers in another kind of array',
      { constants: { n: { type: 'int64', dims: [], data: Int32Array.of(3) } } },
      /1 numbers in a Int32Array; 1 in a BigInt64Array are due/,
    ],
    [
      'a constant of which a shape is told, too',
      { constants: { n: int64(3) }, shapes: { n: [4] } },
      /"n" is given as a constant, and a shape, too/,
    ],
    [
      'a shape that is no list',
      { shapes: { x: 'batch' as unknown as string[] } },
      /"x" is given as batch; a list of sizes is due/,
    ],
  ])('and refuses what does not fit: %s', (_, options, message) => {
    const { one } = kept['a loop of as many steps as it is told']!;
    expect(() => readOnnx(modelOf(one), options)).toThrow(message);
    expect(() => readOnnx(modelOf(one), options)).toThrow(OnnxFormatError);
  });
});

describe('loops of very many steps', () => {
  const most = whole('most', [], 1e9);
  it('stay loops', async () => {
    const one = {
      initializers: [square, whole('many', [], 20_000)],
      nodes: [loop(['many', '', 'x'], ['y'], step)],
    };
    const { graph: read } = readOnnx(modelOf(one));
    expect(read.nodes.map(({ operator }) => operator)).toEqual(['Loop']);
    const due = await (await compileOnnx(modelOf(one)))({ x });
    expect((await runOnce(read, { x })).y).toEqual(due.y);
    expect(() => differentiate(read, sum(read.outputs[0]!, [0, 1], false), [read.value('x')])).toThrow(
      /Loop \(node "steps"\): .* more than are written out \(32768 nodes in a file\)/,
    );
  });

  it.each<[string, Case]>([
    [
      'one in another',
      {
        initializers: [square, most, whole('hundred', [], 100)],
        nodes: [
          loop(
            ['hundred', '', 'x'],
            ['y'],
            [
              loop(['most', '', 'h'], ['next'], [node('MatMul', ['k', 'w'], ['k1'])], {
                inputs: [info('j', ['int64']), info('go2', ['bool']), typed('k', 'float32')],
                outputs: [typed('go2', 'bool'), typed('k1', 'float32')],
              }),
            ],
          ),
        ],
      },
    ],
    [
      'one that goes on for ever',
      {
        initializers: [truth('yes', true)],
        nodes: [loop(['', 'yes', 'x'], ['y'], [node('Sin', ['h'], ['next'])])],
      },
    ],
    [
      'one that counts for itself, far',
      {
        initializers: [truth('yes', true), whole('zero', [], 0), whole('one', [], 1), most],
        nodes: [
          node(
            'Loop',
            ['', 'yes', 'zero', 'x'],
            ['count', 'y'],
            [
              within(
                'body',
                graph(
                  [
                    node('Sin', ['h'], ['next']),
                    node('Add', ['n', 'one'], ['n1']),
                    node('Less', ['n1', 'most'], ['on']),
                  ],
                  {
                    inputs: [
                      info('i', ['int64']),
                      info('go', ['bool']),
                      info('n', ['int64']),
                      typed('h', 'float32'),
                    ],
                    outputs: [typed('on', 'bool'), typed('n1', 'int64'), typed('next', 'float32')],
                  },
                ),
              ),
            ],
          ),
        ],
      },
    ],
  ])('are read in a moment: %s', (_, one) => {
    const before = process.cpuUsage();
    const { graph: read } = readOnnx(modelOf(one));
    expect(read.nodes.map(({ operator }) => operator)).toContain('Loop');
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).toBeLessThan(4);
  });
});
