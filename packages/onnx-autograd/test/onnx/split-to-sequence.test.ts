import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/onnx/read.js';
import type { NodeProto } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { float32 } from '../../src/tensor.js';
import { compileOnnx } from '../run-graph.js';
import { int } from './opset-model.js';
import { modelMessage } from './protobuf.js';

describe('the parts of a SplitToSequence, as PyTorch writes a split that it has not optimized', () => {
  const integer = (name: string, list: readonly number[], dims: readonly number[]) => ({
    name,
    dims: [...dims],
    dataType: 7,
    int64Data: [...list],
  });
  const file = (
    split: readonly number[] | number | undefined,
    keepdims: number,
    places: readonly number[],
  ) => {
    const tensor = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
    const dim = [2, 5, 3].map((dimValue) => ({ dimValue }));
    const node: NodeProto[] = [
      {
        opType: 'SplitToSequence',
        input: split === undefined ? ['x'] : ['x', 'split'],
        output: ['parts'],
        attribute: [int('axis', 1), int('keepdims', keepdims)],
      },
      ...places.map((place) => ({
        opType: 'SequenceAt',
        input: ['parts', `p${place}`],
        output: [`y${place}`],
      })),
    ];
    const sizes =
      split === undefined
        ? []
        : [integer('split', [split].flat(), Array.isArray(split) ? [split.length] : [])];
    const graph = {
      name: 'parts',
      node,
      initializer: [...sizes, ...places.map((place) => integer(`p${place}`, [place], []))],
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: places.map((place) => tensor(`y${place}`)),
    };
    const proto = { irVersion: 8, opsetImport: [{ domain: '', version: 18 }], graph };
    return modelMessage.encode(modelMessage.fromObject(proto)).finish();
  };

  it.each([
    ['of one size', 2, 1, [0, 2]],
    ['of sizes', [1, 3, 1], 1, [1, 2]],
    ['of one each', undefined, 1, [4]],
    ['of one each, without the axis', undefined, 0, [0, 3]],
  ] as const)('%s', async (_, split, keepdims, places) => {
    const x = float32(
      Array.from({ length: 30 }, (_, i) => i),
      [2, 5, 3],
    );
    const bytes = file(split, keepdims, places);
    const due = await (await compileOnnx(bytes))({ x });
    const { graph } = readOnnx(bytes);
    const found = await (await compileOnnx(writeOnnx(graph)))({ x });
    expect(found).toEqual(due);
    for (const place of places) expect(graph.value(`y${place}`).knownShape).toEqual(due[`y${place}`]?.dims);
  });
});
