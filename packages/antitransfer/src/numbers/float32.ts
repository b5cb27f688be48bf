import type { Tensor } from 'onnx-autograd';

/**
 * The numbers of a float32 tensor, not copied.
 *
 * @throws TypeError when it is of another type
 */
export function float32Of({ data, type }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError(`The tensor is ${type}, not float32.`);
}
