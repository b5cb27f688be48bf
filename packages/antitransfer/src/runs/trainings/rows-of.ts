import type { Vectors } from '../../analysis/vectors.js';

/** Numbers as rows, all of a length. */
export function rowsOf(data: Float32Array, rows: number): Vectors {
  const columns = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns));
}
