import { conv, reshape, slice, transpose } from '../building/expressions.js';
import { staticSizes } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { int64 } from '../tensor.js';
import type { Convolution } from './convolution.js';
import { fitTo, hasOpenSizes, spatialSizes } from './open-sizes.js';

// Both gradients of a convolution as operators of the standard, for any stride, dilation and groups, on any device.

/**
 * The gradient of a convolution's input: a convolution of `dy` with the filter flipped and its channels exchanged
 * where the stride is 1, otherwise a transposed convolution.
 */
export function inputGradientAsConvolution(
  dy: Value,
  x: Value,
  filter: Value,
  { window, groups }: Convolution,
): Value {
  const reach = window.kernel.map((size, i) => (size - 1) * (window.dilations[i] ?? 1));
  const begin = reach.map((r, i) => r - (window.padBegin[i] ?? 0));
  const end = reach.map((r, i) => r - (window.padEnd[i] ?? 0));
  const plain =
    window.strides.every((stride) => stride === 1) && [...begin, ...end].every((amount) => amount >= 0);
  if (plain) {
    return conv(dy, flipped(filter, groups), undefined, {
      pads: [...begin, ...end],
      dilations: [...window.dilations],
      group: groups,
    });
  }
  const attributes = { strides: [...window.strides], dilations: [...window.dilations], group: groups };
  if (hasOpenSizes(x)) {
    const pads = [...window.padBegin, ...window.padEnd.map(() => 0)];
    return fitTo(x, x.graph.apply('ConvTranspose', [dy, filter], { ...attributes, pads }));
  }
  const spatial = staticSizes(x.knownShape.slice(2), 'Conv');
  const places = staticSizes(dy.knownShape.slice(2), 'Conv');
  const missing = spatial.map((length, i) => {
    const reached = ((places[i] ?? 1) - 1) * (window.strides[i] ?? 1) + (reach[i] ?? 0) + 1;
    return length + (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0) - reached;
  });
  return x.graph.apply('ConvTranspose', [dy, filter], {
    ...attributes,
    pads: [...window.padBegin, ...window.padEnd],
    output_padding: missing,
  });
}

/** `(out, in/groups, …)` with every spatial axis reversed, as `(in, out/groups, …)`. */
function flipped(filter: Value, groups: number): Value {
  const [out, perGroup, ...kernel] = staticSizes(filter.knownShape, 'Conv') as [number, number, ...number[]];
  const area = kernel.reduce((a, b) => a * b, 1);
  const grouped = transpose(reshape(filter, [groups, out / groups, perGroup, area]), [0, 2, 1, 3]);
  const reversed = filter.graph.constant(
    int64(Array.from({ length: area }, (_, i) => area - 1 - i)),
    'reversed',
  );
  const turned = area === 1 ? grouped : filter.graph.apply('Gather', [grouped, reversed], { axis: 3 });
  return reshape(turned, [groups * perGroup, out / groups, ...kernel]);
}

/** The gradient of a filter: a convolution of x with dy as its filter, samples and channels exchanged: any stride, dilation and groups. */
export function filterGradientAsConvolution(
  dy: Value,
  x: Value,
  filter: Value,
  { window, groups }: Convolution,
): Value {
  const [out, perGroup, ...kernel] = staticSizes(filter.knownShape, 'Conv') as [number, number, ...number[]];
  const axes = kernel.map((_, axis) => axis + 2);
  const places = spatialSizes(x);
  const grouped = reshape(x, places([-1, groups, perGroup]));
  const exchanged = transpose(grouped, [2, 1, 0, ...axes.map((axis) => axis + 1)]);
  const samplesAsChannels = reshape(exchanged, places([perGroup, -1]));
  const full = conv(samplesAsChannels, transpose(dy, [1, 0, ...axes]), undefined, {
    strides: [...window.dilations],
    dilations: [...window.strides],
    pads: [...window.padBegin, ...window.padEnd],
    group: groups,
  });
  // Where the stride leaves a rest, the windows of this convolution reach further than the filter.
  const cropped = slice(
    full,
    kernel.map(() => 0),
    kernel,
    axes,
  );
  return reshape(transpose(cropped, [1, 0, ...axes]), [out, perGroup, ...kernel]);
}
