import type { ModelProto } from '../../src/onnx/schema.js';
import { modelMessage } from './protobuf.js';

/** A model of one node, to be varied. */
export function oneNodeModel(changes: (model: ModelProto) => void): Uint8Array {
  const dims = (...sizes: number[]) => ({
    type: { tensorType: { elemType: 1, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
  });
  const model: ModelProto = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'one',
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', ...dims(2, 3) }],
      output: [{ name: 'y', ...dims(2, 3) }],
    },
  };
  changes(model);
  return modelMessage.encode(modelMessage.fromObject(model as Record<string, unknown>)).finish();
}
