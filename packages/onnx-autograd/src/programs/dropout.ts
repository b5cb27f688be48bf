import type { Random } from '../random.js';
import { elementCount, type Tensor } from '../tensor.js';

/** What a dropout layer keeps: `1 / keep` with the probability `keep`, zeros elsewhere. */
export function dropoutMask(dims: readonly number[], keep: number, random: Random): Tensor {
  const data = new Float32Array(elementCount(dims));
  for (let i = 0; i < data.length; i++) data[i] = random.uniform() < keep ? 1 / keep : 0;
  return { type: 'float32', dims, data };
}
