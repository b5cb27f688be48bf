import { conv, relu, reshape, transpose } from '../../src/building/expressions.js';
import type { Graph } from '../../src/building/graph.js';
import { attributesOf, convolutionOf } from '../../src/convolutions/convolution.js';
import { readString } from '../../src/graph/attributes.js';
import { staticSizes } from '../../src/graph/shape.js';
import type { Value } from '../../src/graph/value.js';
import { blockedDomain } from '../../src/passes/blocked-layout.js';
import { removeUnused } from '../../src/passes/remove-unused.js';

/**
 * What ONNX Runtime's operators in blocks compute, in the standard's operators: a graph in blocks of a size that this
 * processor has not can be run, for as long as nothing but these operators reads what lies in blocks.
 */
export function inPlainOperators(graph: Graph, block: number): Graph {
  return removeUnused(graph, ({ operator, domain, attributes }, [x, filter, bias]) => {
    if (domain !== blockedDomain) return undefined;
    if (operator !== 'Conv') return [x as Value];
    const [maps, weights] = [x as Value, outOfBlocks(filter as Value, block)];
    const y = conv(maps, weights, bias, attributesOf(convolutionOf({ attributes }, maps, weights)));
    return [readString(attributes, 'activation', '') === 'Relu' ? relu(y) : y];
  });
}

/** `(out / block, in / block, h, w, block of in, block of out)`, of the sizes `(out, in, h, w)` on paper, as these. */
function outOfBlocks(filter: Value, block: number): Value {
  const sizes = staticSizes(filter.knownShape, 'Conv');
  const [out, channels, ...kernel] = sizes as [number, number, number, number];
  const split = reshape(filter, [out / block, channels / block, kernel[0] * kernel[1], block, block]);
  return reshape(transpose(split, [0, 4, 1, 3, 2]), sizes);
}
