import { findWeights, type Graph } from 'onnx-autograd';

/**
 * What a network has among its weights that is no number; undefined when there is none. Behind a ReLU or a maximum its
 * answers may be finite all the same, and wrong. Infinity among constants, as of a mask, has its meaning.
 */
export function weightProblem(graph: Graph): string | undefined {
  const { trainable } = findWeights(graph);
  for (const value of graph.initializers) {
    const numbers = value.data?.data;
    if (!(numbers instanceof Float32Array || numbers instanceof Float64Array)) continue;
    const isWrong = trainable.has(value) ? (x: number) => !Number.isFinite(x) : Number.isNaN;
    const index = numbers.findIndex((x) => isWrong(x));
    if (index >= 0) return `the weight "${value.name}" has ${numbers[index]} at index ${index}`;
  }
  return undefined;
}
