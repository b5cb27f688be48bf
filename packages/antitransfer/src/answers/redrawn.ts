import type { Clip } from '../data/clip.js';
import { codeUnitOrder } from '../numbers/order.js';

/** The clips of each side in one repetition. */
interface DrawnSides {
  readonly fold: number | undefined;
  readonly train: { readonly clips: readonly Clip[] };
  readonly validation: { readonly clips: readonly Clip[] };
  readonly test: { readonly clips: readonly Clip[] };
}

/** Whether seeds differ in the clips of a side, or in the noise that is mixed into them. */
export function isRedrawn(repetitions: readonly DrawnSides[]): boolean {
  const nameOf = ({ id, noise }: Clip) => (noise === undefined ? id : JSON.stringify([id, noise]));
  const splitOf = ({ train, validation, test }: DrawnSides) =>
    JSON.stringify([train, validation, test].map(({ clips }) => clips.map(nameOf).toSorted(codeUnitOrder)));
  const splits = new Map<number | undefined, Set<string>>();
  for (const repetition of repetitions) {
    const known = splits.get(repetition.fold) ?? new Set();
    splits.set(repetition.fold, known.add(splitOf(repetition)));
  }
  return [...splits.values()].some(({ size }) => size > 1);
}
