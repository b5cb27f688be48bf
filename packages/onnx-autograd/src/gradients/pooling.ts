import { conv, div, expand, mul, reshape, shape } from '../building/expressions.js';
import { fitTo, hasOpenSizes, spatialSizes } from '../convolutions/open-sizes.js';
import { readInt, readInts } from '../graph/attributes.js';
import { staticSizes } from '../graph/shape.js';
import type { GraphBuilder, Node, Value } from '../graph/value.js';
import { readWindow, type Window, windowCount } from '../shapes/windows.js';
import { elementCount, float32, int64 } from '../tensor.js';
import { type GradientRule, required } from './rule.js';
import { elementCountAlong } from './sizes.js';

/**
 * The gradient goes to the element that was the largest, the first of equals. Windows that do not overlap hand it
 * over with `MaxUnpool`; where they overlap, an element collects from several windows.
 */
export const maxPool: GradientRule = (context) => {
  const { node, graph, dy } = context;
  const x = required(context, 0);
  const indices = maxPoolIndices(node, x);
  const window = windowOf(node, x);
  const overlaps = window.kernel.some(
    (size, i) => (size - 1) * (window.dilations[i] ?? 1) + 1 > (window.strides[i] ?? 1),
  );
  const sizes = x.knownShape.slice(2);
  if (!overlaps && x.rank === 4 && sizes.every((size) => typeof size === 'number')) {
    // ONNX Runtime wants room for every window, and the last ones may reach into the padding: that is cropped.
    const overhang = sizes.map((length, i) => {
      const places = windowCount(length, window, i) as number;
      return Math.max(0, (places - 1) * (window.strides[i] ?? 1) + (window.kernel[i] ?? 1) - length);
    });
    const unpool = {
      kernel_shape: [...window.kernel],
      strides: [...window.strides],
      pads: [...overhang.map((size) => Math.floor(size / 2)), ...overhang.map((size) => Math.ceil(size / 2))],
    };
    return [graph.apply('MaxUnpool', [dy, indices, shape(x)], unpool)];
  }
  const zeros = reshape(graph.apply('ConstantOfShape', [shape(x)]), [-1]);
  const scattered = graph.apply('ScatterElements', [zeros, reshape(indices, [-1]), reshape(dy, [-1])], {
    axis: 0,
    reduction: 'add',
  });
  return [reshape(scattered, shape(x))];
};

/** The indices of the largest elements: the operator's second output, or a second pooling that asks for them. */
function maxPoolIndices(node: Node, x: Value): Value {
  const column = readInt(node.attributes, 'storage_order', 0) === 1;
  const existing = column ? undefined : node.outputs[1];
  if (existing) return existing;
  const attributes = { ...node.attributes, storage_order: 0 };
  return x.graph.applyAll('MaxPool', [x], attributes, { outputCount: 2 })[1] as Value;
}

/** Each element takes the gradient of the place to which it was put. */
export const maxUnpool: GradientRule = (context) => {
  const x = required(context, 0);
  const places = reshape(required(context, 1), [-1]);
  const taken = context.graph.apply('GatherElements', [reshape(context.dy, [-1]), places], { axis: 0 });
  return [reshape(taken, shape(x))];
};

function windowOf(node: Node, x: Value): Window {
  return readWindow(node.attributes, readInts(node.attributes, 'kernel_shape') ?? [], x.knownShape.slice(2));
}

/** Each element collects its share of every window that it lies in: a transposed convolution with ones. */
export const averagePool: GradientRule = (context) => {
  const { node, graph, dy } = context;
  const x = required(context, 0);
  const window = windowOf(node, x);
  const counted = readInt(node.attributes, 'count_include_pad', 0) === 1;
  // How far a last window reaches beyond the padding (ceil_mode) depends on the size.
  if (hasOpenSizes(x) && !window.ceil) return [averagePoolBack(dy, x, window, counted)];
  const spatial = staticSizes(x.knownShape.slice(2), 'AveragePool');
  const shares = div(dy, windowSizes(dy, window, spatial, counted));
  const ones = onesOf(graph, window);
  const places = spatial.map((length, axis) => windowCount(length, window, axis) as number);
  // A last window that reaches beyond the padding (ceil_mode) is cropped here, one that stops short is padded.
  const reach = places.map(
    (count, i) =>
      (count - 1) * (window.strides[i] ?? 1) + ((window.kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1) + 1,
  );
  const full = graph.apply('ConvTranspose', [reshape(shares, [-1, 1, ...places]), ones], {
    strides: [...window.strides],
    dilations: [...window.dilations],
  });
  const begin = window.padBegin.map((amount) => -amount);
  const end = spatial.map((length, i) => length + (window.padBegin[i] ?? 0) - (reach[i] ?? 0));
  const zeros = [0, 0];
  const cropped = graph.apply('Pad', [
    full,
    graph.constant(int64([...zeros, ...begin, ...zeros, ...end]), 'pads'),
  ]);
  return [reshape(cropped, shape(x))];
};

/** A filter that sums a window. */
function onesOf(graph: GraphBuilder, { kernel }: Window): Value {
  return graph.constant(float32(new Float32Array(elementCount(kernel)).fill(1), [1, 1, ...kernel]), 'ones');
}

/** The same where a size is told only when the graph runs: how many elements a window has is counted by a convolution. */
function averagePoolBack(dy: Value, x: Value, window: Window, counted: boolean): Value {
  const { graph } = x;
  const ones = onesOf(graph, window);
  const attributes = { strides: [...window.strides], dilations: [...window.dilations] };
  const maps = graph.apply('ConstantOfShape', [spatialSizes(x)([1, 1]) as Value], {
    value: { tensor: float32([1]) },
  });
  const pads = [...window.padBegin, ...window.padEnd];
  const counts = counted ? elementCount(window.kernel) : conv(maps, ones, undefined, { ...attributes, pads });
  const shares = reshape(div(dy, counts), spatialSizes(dy)([-1, 1]));
  const begin = [...window.padBegin, ...window.padEnd.map(() => 0)];
  const full = graph.apply('ConvTranspose', [shares, ones], { ...attributes, pads: begin });
  return reshape(fitTo(x, full), shape(x));
}

/** How many elements each window averages, shaped to be broadcast over the output. */
function windowSizes(dy: Value, window: Window, spatial: readonly number[], padded: boolean): Value {
  const perAxis = spatial.map((length, i) => {
    const before = window.padBegin[i] ?? 0;
    const limit = padded ? length + before + (window.padEnd[i] ?? 0) : length + before;
    const from = padded ? 0 : before;
    const step = window.dilations[i] ?? 1;
    return Array.from({ length: windowCount(length, window, i) as number }, (_, place) => {
      const start = place * (window.strides[i] ?? 1);
      const covered = Array.from({ length: window.kernel[i] ?? 1 }, (_, k) => start + k * step);
      return covered.filter((at) => at >= from && at < limit).length;
    });
  });
  const counts = perAxis.reduce<number[]>((grid, axis) => grid.flatMap((a) => axis.map((b) => a * b)), [1]);
  return dy.graph.constant(
    float32(
      counts,
      perAxis.map((axis) => axis.length),
    ),
    'counts',
  );
}

export const globalAveragePool: GradientRule = (context) => {
  const x = required(context, 0);
  const axes = x.knownShape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const count = elementCountAlong(x, axes);
  const share = typeof count === 'number' ? mul(context.dy, 1 / count) : div(context.dy, count);
  return [expand(share, shape(x))];
};

/** To the largest element of each map, the first of equals (as PyTorch's `adaptive_max_pool2d`). */
export const globalMaxPool: GradientRule = (context) => {
  const { graph, dy } = context;
  const x = required(context, 0);
  const maps = reshape(x, [0, 0, -1]);
  const first = graph.apply('ArgMax', [maps], { axis: 2 });
  const zeros = graph.apply('ConstantOfShape', [shape(maps)]);
  const placed = graph.apply('ScatterElements', [zeros, first, reshape(dy, [0, 0, 1])], { axis: 2 });
  return [reshape(placed, shape(x))];
};
