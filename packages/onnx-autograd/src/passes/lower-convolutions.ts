import { convolutionOf } from '../convolutions/convolution.js';
import { type ConvolutionForms, deferredDomain } from '../convolutions/forms.js';
import { add, reshape } from '../expressions.js';
import type { RewriteNode } from '../graph/copy.js';
import type { Value } from '../graph/graph.js';

/**
 * Writes every convolution and its deferred gradients in the forms given. What is made is named after the node that it
 * stands for.
 */
export function lowerConvolutions(forms: ConvolutionForms): RewriteNode {
  return (node, inputs) => {
    const [first, second, third] = inputs as [Value, Value, Value | undefined];
    if (node.operator === 'Conv' && node.domain === '') {
      const made = first.graph.within(`${node.name}/forward`, () => {
        const maps = forms.forward(first, second, convolutionOf(node, first, second));
        return maps && third ? add(maps, reshape(third, [-1, 1, 1])) : maps;
      });
      return made && [made];
    }
    if (node.domain !== deferredDomain) return undefined;
    const filter = third as Value;
    const convolution = convolutionOf(node, second, filter);
    const write = node.operator === 'ConvInputGradient' ? forms.inputGradient : forms.filterGradient;
    return [first.graph.within(node.name, () => write(first, second, filter, convolution))];
  };
}
