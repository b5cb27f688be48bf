import type { Random } from 'onnx-autograd/random';

/** The clips of an epoch in a random order that depends on the seed and the epoch only. */
export function epochOrder(count: number, epoch: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return random.fork(`epoch ${epoch}`).shuffle(all);
}
