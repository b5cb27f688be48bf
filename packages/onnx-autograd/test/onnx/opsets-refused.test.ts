import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/onnx/read.js';
import { type Case, int, model, text } from './opset-model.js';

describe('what opset 17 cannot say is refused when it is read', () => {
  const refused: readonly (readonly [Omit<Case, 'shape'>, RegExp])[] = [
    [{ operator: 'Resize', opset: 18, attributes: [int('antialias', 1)] }, /antialias/],
    [
      { operator: 'Resize', opset: 18, attributes: [text('keep_aspect_ratio_policy', 'not_larger')] },
      /keep_aspect_ratio_policy/,
    ],
    // There is nothing to export with opset 17.
    [{ operator: 'DeformConv', opset: 19 }, /DeformConv is not there in opset 17.* with older operators\.$/],
    [
      {
        operator: 'Pad',
        opset: 19,
        attributes: [text('mode', 'wrap')],
        more: { sizes: [0, 0, 0, 0, -1, 0] },
      },
      /"wrap": its amounts are 0,0,0,0,-1,0; none may crop/,
    ],
    [
      {
        operator: 'GridSample',
        opset: 20,
        attributes: [text('mode', 'cubic')],
        x: [1, 1, 2, 2, 2],
        more: { grid: [0, 0, 0] },
        dims: { grid: [1, 1, 1, 1, 3] },
      },
      /GridSample of 5 axes by mode "cubic", .* is not read/,
    ],
    [{ operator: 'QuantizeLinear', opset: 21 }, /is quantised.* Export it before it is quantised/],
    [
      { operator: 'SequenceMap', opset: 17 },
      /SequenceMap makes or takes a sequence .* of these only sequences are read of which/,
    ],
    [{ operator: 'SequenceEmpty', opset: 11 }, /The output "y" is a sequence, and no tensor/],
    [{ operator: 'IsInf', opset: 20, type: 10 }, /IsInf takes float16 since opset 20; .* Cast to float32/],
    [{ operator: 'Relu', opset: 29 }, /opset 29; 7 to 28 are read/],
  ];
  it.each(refused.map(([one, message]) => [`${one.operator}, opset ${one.opset}`, one, message] as const))(
    '%s',
    (_, one, message) => {
      expect(() => readOnnx(model({ ...one, shape: [] }, false))).toThrow(message);
    },
  );

  it('but not the same operators of opset 17', () => {
    const { graph } = readOnnx(model({ operator: 'QuantizeLinear', opset: 17, shape: [] }, false));
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['QuantizeLinear']);
  });
});
