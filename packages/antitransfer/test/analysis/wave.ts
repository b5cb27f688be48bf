/** Vectors that follow from a formula, so that the same ones can be made elsewhere: shape (n, features). */
export function wave(n: number, features: number, shift: number, pace: number): number[][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from(
      { length: features },
      (__, j) => Math.sin(pace * (i + 1) * (j + 1) + shift) + 0.3 * Math.cos(i * shift + j),
    ),
  );
}
