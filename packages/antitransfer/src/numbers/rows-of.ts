/** Numbers as rows, all of a length: `(rows, columns)`. They are views: what changes a row changes the numbers. */
export function rowsOf(data: Float32Array, rows: number): Float32Array[] {
  const columns = data.length / Math.max(1, rows);
  return Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns));
}
