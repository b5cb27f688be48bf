import { conv, reshape, sum, transpose } from '../expressions.js';
import { readInt } from '../graph/attributes.js';
import type { Node, Value } from '../graph/graph.js';
import { staticSizes } from '../graph/shape.js';
import { readTransposedWindow, readWindow, type Window } from '../shapes/windows.js';
import { int64 } from '../tensor.js';
import { filterGradient } from './filter-gradient.js';
import { type GradientRule, gradientOf, required } from './rule.js';

/** A convolution's window, and what more its gradients need. */
export interface Convolution {
  readonly window: Window;
  readonly groups: number;
}

function convolutionOf(node: Node, x: Value, filter: Value): Convolution {
  const kernel = staticSizes(filter.knownShape.slice(2), 'Conv');
  return {
    window: readWindow(node.attributes, kernel, x.knownShape.slice(2)),
    groups: readInt(node.attributes, 'group', 1),
  };
}

export const convolution: GradientRule = (context) => {
  const [x, filter] = [required(context, 0), required(context, 1)];
  const shapeOfConvolution = convolutionOf(context.node, x, filter);
  return [
    gradientOf(context, 'input', () => inputGradient(context.dy, x, filter, shapeOfConvolution)),
    gradientOf(context, 'filter', () => filterGradient(context.dy, x, filter, shapeOfConvolution)),
    gradientOf(context, 'bias', () => biasGradient(context.dy)),
  ];
};

function biasGradient(dy: Value): Value {
  return sum(sum(reshape(dy, [0, 0, -1]), [2], false), [0], false);
}

/**
 * The gradient of a convolution's input: a convolution of `dy` with the filter flipped and its channels exchanged
 * where the stride is 1, otherwise a transposed convolution.
 */
function inputGradient(dy: Value, x: Value, filter: Value, { window, groups }: Convolution): Value {
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
  const spatial = staticSizes(x.knownShape.slice(2), 'Conv');
  const places = staticSizes(dy.knownShape.slice(2), 'Conv');
  const missing = spatial.map((length, i) => {
    const reached = ((places[i] ?? 1) - 1) * (window.strides[i] ?? 1) + (reach[i] ?? 0) + 1;
    return length + (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0) - reached;
  });
  return x.graph.apply('ConvTranspose', [dy, filter], {
    strides: [...window.strides],
    dilations: [...window.dilations],
    pads: [...window.padBegin, ...window.padEnd],
    output_padding: missing,
    group: groups,
  });
}

/** `(out, in/groups, …)` with every spatial axis reversed, as `(in, out/groups, …)`. */
function flipped(filter: Value, groups: number): Value {
  const [out, perGroup, ...kernel] = staticSizes(filter.knownShape, 'Conv') as [number, number, ...number[]];
  const area = kernel.reduce((a, b) => a * b, 1);
  const grouped = transpose(reshape(filter, [groups, out / groups, perGroup, area]), [0, 2, 1, 3]);
  const reversed = filter.graph.initializer(
    int64(Array.from({ length: area }, (_, i) => area - 1 - i)),
    'reversed',
  );
  const turned = area === 1 ? grouped : filter.graph.apply('Gather', [grouped, reversed], { axis: 3 });
  return reshape(turned, [groups * perGroup, out / groups, ...kernel]);
}

/** With input and gradient exchanged, a transposed convolution is the gradient of a convolution and the reverse. */
export const transposedConvolution: GradientRule = (context) => {
  const [x, filter] = [required(context, 0), required(context, 1)];
  const { node, dy } = context;
  const kernel = staticSizes(filter.knownShape.slice(2), 'ConvTranspose');
  const window = readTransposedWindow(node.attributes, kernel, x.knownShape.slice(2));
  const groups = readInt(node.attributes, 'group', 1);
  const attributes = {
    strides: [...window.strides],
    dilations: [...window.dilations],
    pads: [...window.padBegin, ...window.padEnd],
    group: groups,
  };
  return [
    gradientOf(context, 'input', () => conv(dy, filter, undefined, attributes)),
    gradientOf(context, 'filter', () => filterGradient(x, dy, filter, { window, groups })),
    gradientOf(context, 'bias', () => biasGradient(dy)),
  ];
};
