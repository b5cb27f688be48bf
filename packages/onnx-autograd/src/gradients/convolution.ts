import { conv, reshape, sum } from '../building/expressions.js';
import { attributesOf, convolutionOf } from '../convolutions/convolution.js';
import { readInt } from '../graph/attributes.js';
import { staticSizes } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { readTransposedWindow } from '../shapes/windows.js';
import { type GradientRule, gradientOf, required } from './rule.js';

export const convolution: GradientRule = (context) => {
  const [x, filter] = [required(context, 0), required(context, 1)];
  const { node, dy, convolutions } = context;
  const described = convolutionOf(node, x, filter);
  return [
    gradientOf(context, 'input', () => convolutions.inputGradient(dy, x, filter, described)),
    gradientOf(context, 'filter', () => convolutions.filterGradient(dy, x, filter, described)),
    gradientOf(context, 'bias', () => biasGradient(dy)),
  ];
};

function biasGradient(dy: Value): Value {
  return sum(sum(reshape(dy, [0, 0, -1]), [2], false), [0], false);
}

/** With input and gradient exchanged, a transposed convolution is the gradient of a convolution and the reverse. */
export const transposedConvolution: GradientRule = (context) => {
  const [x, filter] = [required(context, 0), required(context, 1)];
  const { node, dy, convolutions } = context;
  const kernel = staticSizes(filter.knownShape.slice(2), 'ConvTranspose');
  const window = readTransposedWindow(node.attributes, kernel, x.knownShape.slice(2));
  const described = { window, groups: readInt(node.attributes, 'group', 1) };
  return [
    gradientOf(context, 'input', () => conv(dy, filter, undefined, attributesOf(described))),
    gradientOf(context, 'filter', () => convolutions.filterGradient(x, dy, filter, described)),
    gradientOf(context, 'bias', () => biasGradient(dy)),
  ];
};
