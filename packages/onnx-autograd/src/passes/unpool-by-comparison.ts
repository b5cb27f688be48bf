import { cast, div, equal, expand, mul, pad, reshape } from '../building/expressions.js';
import { readInts } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';

/**
 * The gradient of maximum pooling without the indices of the largest elements: those that equal the window's maximum
 * receive it, equal ones in equal shares. (With indices the first of equals receives all of it.)
 *
 * @param unpool a `MaxUnpool` node whose indices come from a `MaxPool` of two axes.
 * @param dy the gradient that it distributes.
 * @returns `undefined` where windows are padded, leave elements out, or are of unknown size.
 */
export function unpoolByComparison(unpool: Node, dy: Value, indices: Value): Value | undefined {
  const pooling = indices.producer;
  const x = pooling?.inputs[0];
  if (pooling === undefined || !isOperator(pooling, 'MaxPool') || x === undefined) return undefined;
  const kernel = readInts(pooling.attributes, 'kernel_shape') ?? [];
  const strides = readInts(pooling.attributes, 'strides') ?? kernel.map(() => 1);
  const window = { kernel_shape: kernel, strides };
  const padded = [pooling, unpool].some(({ attributes }) =>
    readInts(attributes, 'pads')?.some((size) => size !== 0),
  );
  const sizes = [...x.knownShape.slice(1), ...dy.knownShape.slice(2)];
  if (
    padded ||
    kernel.length !== 2 ||
    kernel.join() !== strides.join() ||
    !sizes.every((size) => typeof size === 'number')
  )
    return undefined;
  const [channels, height, width, down, across] = sizes as [number, number, number, number, number];
  const [tall, wide] = kernel as [number, number];
  /** Each element as often as its window has elements; zeros beyond the last window. */
  const spread = (maps: Value): Value => {
    const single = reshape(maps, [-1, channels, down, 1, across, 1]);
    const windows = reshape(expand(single, [1, 1, 1, tall, 1, wide]), [
      -1,
      channels,
      down * tall,
      across * wide,
    ]);
    return pad(windows, [0, 0, 0, 0], [0, 0, height - down * tall, width - across * wide]);
  };
  const { graph } = x;
  const largest = graph.apply('MaxPool', [x], window);
  const attains = cast(equal(x, spread(largest)), x.type);
  const share = graph.apply('AveragePool', [attains], window);
  return mul(attains, spread(div(dy, mul(share, tall * wide))));
}
