import { UserError } from '../../../errors.js';

/** The features of clips by row number, wherever they are kept: not standardised, float32. */
export interface ClipFeatures {
  /** `[channels, frames, bins]` of one clip. */
  readonly shape: readonly [number, number, number];
  /** How many rows there are: one a clip. */
  readonly count: number;
  /**
   * Reads rows one after another.
   *
   * @param rows from 0 to below `count`, in any order, repeats allowed
   * @param into rows.length x frames x bins; its content is undefined when reading fails
   * @throws MissingFeaturesError when rows are no longer there, or not what was written
   */
  read(rows: readonly number[], into: Float32Array): Promise<void>;
  /** Frees what reading needs. Nothing can be read afterwards. */
  close(): Promise<void>;
}

/**
 * Features that are in memory.
 *
 * ```ts
 * const features = memoryFeatures([1, 126, 129], data);
 * await features.read([3, 0, 3], batch);
 * ```
 *
 * @param data clips x frames x bins, not copied
 * @throws UserError when it is not of whole rows
 */
export function memoryFeatures(shape: readonly [number, number, number], data: Float32Array): ClipFeatures {
  const size = rowLengthOf(shape);
  const count = data.length / size;
  if (!Number.isInteger(count)) {
    throw new UserError(`Features of ${shape.join(' x ')} are ${size} numbers a clip; got ${data.length}.`);
  }
  return {
    shape,
    count,
    read: async (rows, into) => {
      checkRows(rows, into, shape, count);
      for (const [i, row] of rows.entries()) into.set(data.subarray(row * size, (row + 1) * size), i * size);
    },
    close: async () => {},
  };
}

/** Numbers in a row. */
export function rowLengthOf([channels, frames, bins]: readonly [number, number, number]): number {
  return channels * frames * bins;
}

/** @throws UserError when a row does not exist, or the rows do not fit */
export function checkRows(
  rows: readonly number[],
  into: Float32Array,
  shape: readonly [number, number, number],
  count: number,
): void {
  const wanted = rows.length * rowLengthOf(shape);
  if (into.length !== wanted) {
    throw new UserError(
      `${rows.length} rows of ${shape.join(' x ')} are ${wanted} numbers; the array to read into has ${into.length}.`,
    );
  }
  const unknown = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < count));
  if (unknown !== undefined) {
    throw new UserError(`Row ${unknown} does not exist: rows are whole numbers from 0 to below ${count}.`);
  }
}
