import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { exportOnnx } from '../../src/onnx/export.js';
import { readOnnx } from '../../src/onnx/read.js';
import { attributeTypes, type ModelProto } from '../../src/onnx/schema.js';
import { findWeights } from '../../src/programs/weights.js';
import { type Tensor, toNumbers } from '../../src/tensor.js';
import { oneNodeModel } from './one-node-model.js';

describe('what exporters mean by weights', () => {
  /** A product with a matrix; the bytes of a tensor of an element type. */
  const product = (change: (model: ModelProto) => void) =>
    oneNodeModel((model) => {
      model.graph!.node = [{ opType: 'MatMul', input: ['x', 'w'], output: ['y'] }];
      model.graph!.output = [{ name: 'y' }];
      change(model);
    });
  const matrix = { dims: [3, 2], dataType: 1, floatData: [1, 2, 3, 4, 5, 6] };
  const inNode = {
    opType: 'Constant',
    output: ['w'],
    attribute: [{ name: 'value', type: attributeTypes.tensor, t: matrix }],
  };

  it.each([
    ['in Constant nodes, where there are no others', { nodes: [inNode], initializer: [] }, ['w']],
    [
      'not in Constant nodes, where others are initializers',
      { nodes: [inNode], initializer: [{ name: 'other', ...matrix }] },
      [],
    ],
    [
      'not in Constant nodes of our own files',
      { nodes: [inNode], initializer: [], producer: 'onnx-autograd' },
      [],
    ],
  ])(
    '%s',
    (_, {
      nodes,
      initializer,
      producer,
    }: { nodes: object[]; initializer: object[]; producer?: string }, trained) => {
      const bytes = product((model) => {
        if (producer) model.producerName = producer;
        model.graph!.node!.unshift(...nodes);
        model.graph!.initializer = initializer;
      });
      expect([...findWeights(readOnnx(bytes).graph).trainable].map(({ name }) => name)).toEqual(trained);
    },
  );

  it('stored in half precision and used in single: to the bit', () => {
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0000];
    const bytes = product((model) => {
      model.graph!.node!.unshift({
        opType: 'Cast',
        input: ['half'],
        output: ['w'],
        attribute: [{ name: 'to', type: attributeTypes.int, i: 1 }],
      });
      model.graph!.initializer = [{ name: 'half', dims: [3, 2], dataType: 10, int32Data: halves }];
    });
    const { graph } = readOnnx(bytes);
    expect([...findWeights(graph).trainable].map(({ name }) => name)).toEqual(['w']);
    expect(toNumbers(graph.value('w').data as Tensor)).toEqual([1, -2, 65504, 2 ** -24, -1023 * 2 ** -24, 0]);
  });

  /** A layer, what is one number, and what is joined in between, all of which exporters name. */
  const named = (change: (model: ModelProto) => void) =>
    oneNodeModel((model) => {
      const { graph } = model;
      const one = (name: string, ...dims: number[]) => ({
        name,
        dims,
        dataType: 1,
        floatData: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => 0.5 + i),
      });
      graph!.initializer = [
        one('layer.weight', 3, 2),
        one('window', 2),
        one('temperature'),
        one('onnx::Mul_7', 1),
        one('level'),
        one('val_3', 2),
      ];
      graph!.node = [
        { opType: 'Sub', input: ['x', 'level'], output: ['centred'] },
        { opType: 'MatMul', input: ['centred', 'layer.weight'], output: ['h'] },
        { opType: 'Mul', input: ['h', 'window'], output: ['windowed'] },
        { opType: 'Add', input: ['windowed', 'val_3'], output: ['shifted'] },
        { opType: 'Exp', input: ['temperature'], output: ['scale'] },
        { opType: 'Mul', input: ['shifted', 'scale'], output: ['scaled'] },
        { opType: 'Mul', input: ['scaled', 'onnx::Mul_7'], output: ['y'] },
      ];
      graph!.output = [{ name: 'y' }];
      change(model);
    });
  const kind = (name: string, value: string) => ({
    name,
    metadata: [{ key: 'pkg.torch.export.graph_signature.InputSpec.kind', value }],
  });
  const weightsOf = (graph: Graph) => {
    const { trainable, left } = findWeights(graph);
    const names = (values: Iterable<Value>) => [...values].map(({ name }) => name).toSorted();
    return { trained: names(trainable), left: names(left.keys()) };
  };
  const told = (model: ModelProto) => {
    model.graph!.valueInfo = [
      ...['layer.weight', 'temperature'].map((name) => kind(name, 'PARAMETER')),
      ...['window', 'level'].map((name) => kind(name, 'BUFFER')),
      {
        name: 'val_3',
        metadata: [{ key: 'pkg.onnxscript.optimizer.folded_from', value: "['window', 'level']" }],
      },
    ];
    const targets = ['layer.weight', 'temperature', 'layer.bias', 'other.weight'];
    const signature = targets.map((name) => `p_${name}: PARAMETER target='${name}'`).join('\n');
    model.graph!.metadata = [
      { key: 'pkg.torch.export.ExportedProgram.graph_signature', value: `# inputs\n${signature}` },
    ];
  };

  it.each<[string, (model: ModelProto) => void, string[], string[]]>([
    [
      'those that PyTorch calls parameters, a single number too, and not buffers, nor what is computed from them',
      told,
      ['layer.weight', 'temperature'],
      ['level', 'onnx::Mul_7', 'val_3', 'window'],
    ],
    [
      'of the older exporter single numbers that the module has, but for the input',
      (model) => {
        model.producerName = 'pytorch';
      },
      ['layer.weight', 'temperature', 'val_3', 'window'],
      ['level', 'onnx::Mul_7'],
    ],
    [
      'of others no single numbers',
      () => {},
      ['layer.weight', 'val_3', 'window'],
      ['level', 'onnx::Mul_7', 'temperature'],
    ],
  ])('%s; and again when the file was written', (_, change, trained, left) => {
    const model = readOnnx(named(change));
    expect(weightsOf(model.graph)).toEqual({ trained, left });
    expect(weightsOf(readOnnx(exportOnnx(model)).graph)).toEqual({ trained, left });
  });

  it('tells parameters that the module had and the file has not', () => {
    expect(readOnnx(named(told)).missing).toEqual(['layer.bias', 'other.weight']);
    expect(readOnnx(named(() => {})).missing).toEqual([]);
    const folded = named((model) => {
      told(model);
      const metadata = [{ key: 'pkg.onnxscript.optimizer.folded_from', value: "['layer.bias']" }];
      model.graph!.valueInfo!.push({ name: 'onnx::Mul_7', metadata });
    });
    expect(readOnnx(folded).missing).toEqual(['other.weight']);
  });

  it('what its exporter calls a parameter can be frozen, and what it does not call so can be named', () => {
    const { graph } = readOnnx(named(told));
    expect([...findWeights(graph, ['window']).trainable].map(({ name }) => name)).toEqual(['window']);
  });
});
