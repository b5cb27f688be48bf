import { hasTrait } from '../operators/catalogue.js';
import type { ExecutedNode } from './trace.js';

/**
 * The floating-point operations of a convolution or matrix product, told by its shapes; `undefined` for all other
 * operators. A multiplication and an addition count one each; biases and activations that were fused in do not count.
 * ONNX Runtime's blocked convolutions count with the channels that fill their blocks.
 */
export function floatingPointOperations({ operator, inputs, outputs }: ExecutedNode): number | undefined {
  const [first = [], second = []] = inputs;
  const [out = []] = outputs;
  switch (operator) {
    case 'Conv':
    case 'FusedConv':
      return 2 * count(out) * count(second.slice(1));
    case 'ConvTranspose':
      return 2 * count(first) * count(second.slice(1));
    case 'MatMul':
    case 'FusedMatMul':
    case 'Gemm':
    case 'FusedGemm':
      return 2 * count(out) * innerSize(first, second, out);
    default:
      return undefined;
  }
}

/** Convolutions and matrix products, also those that ONNX Runtime fuses. */
export function isProduct(operator: string): boolean {
  return hasTrait({ operator: operator.replace(/^Fused/, ''), domain: '' }, 'product');
}

/** What a product sums over; whether an operand is transposed need not be known. */
function innerSize(a: readonly number[], b: readonly number[], out: readonly number[]): number {
  if (a.length === 1) return a[0] ?? 0;
  // An operand that is a vector leaves its axis out of the result.
  const rows = b.length === 1 ? out.at(-1) : out.at(-2);
  return count(a.slice(-2)) / (rows ?? 1);
}

function count(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
