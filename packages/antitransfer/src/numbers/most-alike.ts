/** A row of numbers of which parts of one length are compared with each other. */
export interface Parts {
  readonly numbers: Float32Array;
  /** Of each part: how many numbers it has. */
  readonly length: number;
  /** Sum of the squares of all numbers before each, and of all. */
  readonly energies: Float64Array;
}

/** What {@link mostAlike} looks at. */
export function partsOf(numbers: Float32Array, length: number): Parts {
  const energies = new Float64Array(numbers.length + 1);
  for (let i = 0; i < numbers.length; i++) energies[i + 1] = energies[i]! + numbers[i]! ** 2;
  return { numbers, length, energies };
}

/**
 * Where, near a place, a part begins that is most like another one, by the cosine of the two; of equals the nearest.
 *
 * @param at where the other part begins
 * @param reach how far it is looked either way
 */
export function mostAlike(parts: Parts, at: number, near: number, reach: number): number {
  let [best, found] = [likeness(parts, at, near), near];
  for (let away = 1; away <= reach; away++) {
    for (const start of [near - away, near + away]) {
      const like = likeness(parts, at, start);
      if (like > best) [best, found] = [like, start];
    }
  }
  return found;
}

/** The cosine between two parts, times the length of the first as a vector; 0 of zeros. */
function likeness({ numbers, energies, length }: Parts, at: number, start: number): number {
  const energy = energies[start + length]! - energies[start]!;
  if (energy <= 0) return 0;
  let product = 0;
  for (let i = 0; i < length; i++) product += numbers[start + i]! * numbers[at + i]!;
  return product / Math.sqrt(energy);
}
