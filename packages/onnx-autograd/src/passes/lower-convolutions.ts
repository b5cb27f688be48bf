import type { RewriteNode } from '../building/copy.js';
import { add, reshape } from '../building/expressions.js';
import { convolutionOf } from '../convolutions/convolution.js';
import { type ConvolutionForms, deferredDomain } from '../convolutions/forms.js';
import type { Shape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';

/**
 * Writes every convolution and its deferred gradients in the forms given. What is made is named after the node that it
 * stands for.
 *
 * @param operations is told, for each convolution that takes another form, the sizes whose product is the number of
 *   floating-point operations that the direct form takes.
 */
export function lowerConvolutions(
  forms: ConvolutionForms,
  operations = new Map<string, Shape>(),
): RewriteNode {
  return (node, inputs) => {
    const [first, second, third] = inputs as [Value, Value, Value | undefined];
    if (isOperator(node, 'Conv')) {
      // Maps stand for its filter: it is a gradient already.
      if (second.knownShape.slice(2).some((size) => typeof size === 'string')) return undefined;
      const made = first.graph.within(`${node.name}/forward`, () => {
        const maps = forms.forward(first, second, convolutionOf(node, first, second));
        return maps && third ? add(maps, reshape(third, [-1, 1, 1])) : maps;
      });
      if (made === undefined) return undefined;
      operations.set(node.name, [2, ...second.knownShape.slice(1), ...made.knownShape]);
      return [made];
    }
    if (node.domain !== deferredDomain) return undefined;
    const filter = third as Value;
    const convolution = convolutionOf(node, second, filter);
    const write = node.operator === 'ConvInputGradient' ? forms.inputGradient : forms.filterGradient;
    return [first.graph.within(node.name, () => write(first, second, filter, convolution))];
  };
}
