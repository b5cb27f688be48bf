import { pad, reshape } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { sizeAt } from '../graph/value.js';
import { shapeHeldBy } from '../shapes/held.js';
import { readWindow } from '../shapes/windows.js';
import { elementCount, float32, int64 } from '../tensor.js';
import { type Draft, first, type Lowering } from './draft.js';

/**
 * `Col2Im` of opset 18, PyTorch's `fold`: blocks `(batch, channels * block, places)` are added where they lie in an image. A
 * transposed convolution whose filters have a 1 at one place each.
 */
export const columnsToImage: Lowering = (draft) => {
  const x = first(draft);
  const image = knownSizes(draft, 1);
  const block = knownSizes(draft, 2);
  const { graph } = x;
  const { strides, dilations, padBegin, padEnd } = readWindow(draft.attributes, block, image);
  const reach = block.map((size, i) => (size - 1) * (dilations[i] ?? 1) + 1);
  const places = image.map((length, i) =>
    Math.floor((length + (padBegin[i] ?? 0) + (padEnd[i] ?? 0) - (reach[i] ?? 1)) / (strides[i] ?? 1) + 1),
  );
  const count = elementCount(block);
  const filter = float32(new Float32Array(count * count), [count, 1, ...block]);
  for (let i = 0; i < count; i++) filter.data[i * count + i] = 1;
  const blocks = reshape(x, [-1, count, ...places]);
  const whole = graph.apply('ConvTranspose', [blocks, graph.constant(filter, 'places')], {
    strides,
    dilations,
  });
  const covered = places.map((number, i) => (number - 1) * (strides[i] ?? 1) + (reach[i] ?? 1));
  const begin = padBegin.map((amount) => (amount === 0 ? 0 : -amount));
  const end = image.map((length, i) => length + (padBegin[i] ?? 0) - (covered[i] ?? 0));
  const cropped = pad(whole, [0, 0, ...begin], [0, 0, ...end]);
  const sizes = graph.constant(int64([-1, sizeAt(x, 1) / count, ...image]), 'sizes');
  return [{ ...draft, operator: 'Reshape', inputs: [cropped, sizes], attributes: {} }];
};

function knownSizes({ operator, inputs }: Draft, position: number): number[] {
  const given = inputs[position];
  const held = given && shapeHeldBy(given);
  const sizes = held?.filter((size) => typeof size === 'number');
  if (sizes === undefined || sizes.length !== held?.length) {
    throw new OnnxFormatError(
      `${operator}: the sizes of image and block must be known before the graph runs.`,
    );
  }
  return sizes;
}
