/** Collects rows of equal length that come in batches: one array, made when the first batch tells how long a row is. */
export class RowCollector {
  #data = new Float32Array();
  #size = 0;
  #filled = 0;

  /** @param count of rows that will come */
  constructor(readonly count: number) {}

  /** All rows so far, one after another. */
  get data(): Float32Array {
    return this.#data;
  }

  /** Numbers in a row; 0 before the first batch. */
  get size(): number {
    return this.#size;
  }

  /** @param rows `count x size`, one after another */
  add(rows: Float32Array, count: number): void {
    if (this.#filled === 0) {
      this.#size = rows.length / count;
      this.#data = new Float32Array(this.count * this.#size);
    }
    this.#data.set(rows, this.#filled);
    this.#filled += rows.length;
  }
}
