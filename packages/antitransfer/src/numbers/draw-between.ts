import type { Random } from 'onnx-autograd/random';

/** A number from `low` to below `high`, all equally likely. */
export function drawBetween(low: number, high: number, random: Random): number {
  return low + (high - low) * random.uniform();
}
