import { reshape, transpose } from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import { attributesOf, convolutionOf } from '../convolutions/convolution.js';
import type { Attributes } from '../graph/attributes.js';
import { type Shape, staticSizes } from '../graph/shape.js';
import { type Node, sizeAt, type Value } from '../graph/value.js';
import { removeUnused } from './remove-unused.js';

/** ONNX Runtime's internal operators for maps whose channels lie in blocks, `(batch, channels / block, h, w, block)`. */
export const blockedDomain = 'com.microsoft.nchwc';

/** On fewer places, laying out the filter anew costs more than the faster convolution gains. */
const leastPlaces = 100;

/**
 * Computes convolutions in ONNX Runtime's blocked layout, in which they run at the speed of large matrix products with
 * 16 channels already. ONNX Runtime takes it by itself for constant weights alone. Maps are rearranged on the way in and
 * out, unless they come from a convolution of this form; a ReLU that alone reads a convolution is computed with it.
 *
 * @param block channels of a block, which depends on the processor: 16 with AVX-512, 8 with AVX2.
 * @returns `undefined` where there is nothing to gain.
 */
export function blockedLayout(graph: Graph, block: number): Graph | undefined {
  if (!graph.nodes.some((node) => isFaster(node, block))) return undefined;
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const known = input && readers.get(input);
      if (known) known.push(node);
      else if (input) readers.set(input, [node]);
    }
  }
  /** By maps of the new graph: the same in blocks. */
  const blocks = new Map<Value, Value>();
  /** ReLUs that were computed with their convolution. */
  const fused = new Set<Node>();
  const rewritten = removeUnused(graph, (node, [x, filter, bias]) => {
    if (fused.has(node)) return [x as Value];
    if (!isFaster(node, block)) return undefined;
    const [maps, weights] = [x as Value, filter as Value];
    const y = node.outputs[0] as Value;
    const [reader, ...others] = readers.get(y) ?? [];
    const activated = reader?.operator === 'Relu' && others.length === 0 && !graph.outputs.includes(y);
    if (activated) fused.add(reader);
    const attributes: Attributes = {
      ...attributesOf(convolutionOf(node, maps, weights)),
      ...(activated && { activation: 'Relu' }),
    };
    const { graph: target, knownShape } = maps;
    const apply = (name: string, inputs: readonly Value[], given: Attributes, shape: Shape) =>
      target.apply(name, inputs, given, { domain: blockedDomain, like: { type: 'float32', shape } });
    return target.within(`${node.name}/forward`, () => {
      const input = blocks.get(maps) ?? apply('ReorderInput', [maps], {}, knownShape);
      const operands = [input, filterInBlocks(weights, block), ...(bias ? [bias] : [])];
      const inBlocks = apply('Conv', operands, attributes, y.knownShape);
      const plain = apply('ReorderOutput', [inBlocks], { channels: sizeAt(y, 1) }, y.knownShape);
      blocks.set(maps, input).set(plain, inBlocks);
      return [plain];
    });
  });
  // Maps that only convolutions read never leave their blocks.
  return removeUnused(rewritten);
}

/** Convolutions of two axes, more than one place and whole blocks of channels, on maps that are not too small. */
function isFaster({ operator, domain, inputs: [x, filter], outputs: [y] }: Node, block: number): boolean {
  if (operator !== 'Conv' || domain !== '' || x?.type !== 'float32') return false;
  const sizes = [filter?.shape, x.shape?.slice(1), y?.shape?.slice(1)];
  if (!sizes.every((shape): shape is number[] => shape?.every((size) => typeof size === 'number') ?? false))
    return false;
  const [[out, perGroup, ...kernel], [channels], [, ...places]] = sizes as [number[], number[], number[]];
  return (
    kernel.length === 2 &&
    kernel.some((size) => size > 1) &&
    perGroup === channels &&
    [out, perGroup].every((count) => (count as number) % block === 0) &&
    places.reduce((a, b) => a * b, 1) >= leastPlaces
  );
}

/** `(out, in, h, w)` as `(out / block, in / block, h, w, block of in, block of out)`, which has the same sizes on paper. */
function filterInBlocks(filter: Value, block: number): Value {
  const sizes = staticSizes(filter.knownShape, 'Conv');
  const [out, channels, ...kernel] = sizes as [number, number, number, number];
  const split = reshape(filter, [out / block, block, channels / block, block, kernel[0] * kernel[1]]);
  return reshape(transpose(split, [0, 2, 4, 3, 1]), sizes);
}
