import type { Random, Tensor } from 'onnx-autograd';
import { itemAt } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';

/** Each clip's entry exchanged for another clip's: a cycle through a random order, so that none keeps its own. */
export function shuffleRows(tensor: Tensor, random: Random): Tensor {
  const count = itemAt(tensor.dims, 0);
  const given = float32Of(tensor);
  const size = given.length / Math.max(1, count);
  const order = random.shuffle(Array.from({ length: count }, (_, row) => row));
  const data = new Float32Array(given.length);
  for (const [index, row] of order.entries()) {
    const other = itemAt(order, (index + 1) % count);
    data.set(given.subarray(other * size, (other + 1) * size), row * size);
  }
  return { ...tensor, data };
}
