import { convolutionOf } from '../convolutions/convolution.js';
import { type ConvolutionForms, deferredDomain } from '../convolutions/forms.js';
import { add, reshape } from '../expressions.js';
import type { RewriteNode } from '../graph/copy.js';
import type { Value } from '../graph/graph.js';

/** Writes every convolution and its deferred gradients in the forms given. */
export function lowerConvolutions(forms: ConvolutionForms): RewriteNode {
  return (node, inputs) => {
    const [first, second, third] = inputs as [Value, Value, Value | undefined];
    if (node.operator === 'Conv' && node.domain === '') {
      const made = forms.forward(first, second, convolutionOf(node, first, second));
      return made && [third ? add(made, reshape(third, [-1, 1, 1])) : made];
    }
    if (node.domain !== deferredDomain) return undefined;
    const convolution = convolutionOf(node, second, third as Value);
    const write = node.operator === 'ConvInputGradient' ? forms.inputGradient : forms.filterGradient;
    return [write(first, second, third as Value, convolution)];
  };
}
