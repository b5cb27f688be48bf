import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { concurrently } from '../../data/features/store/concurrently.js';
import { bytesOf } from '../../data/features/store/pack.js';
import { makeFolder } from '../../files/make-folder.js';
import { itemAt } from '../../lookup.js';

/** Bytes that are still to be had, shared by several stores. */
export interface Budget {
  bytes: number;
}

/** Reads under way at the same time. */
const readsAtOnce = 8;

/** Memory is taken in pieces of about this size, or of a row where that is more. */
const chunkBytes = 2 ** 20;

/** Marks rows that nobody has written. */
const unknown = -1;

/**
 * Rows of numbers that are found out one after another, in any order, and read again and again: in memory as long as
 * there is room, then in a scratch file, which is worth nothing to another process. A row without room stays unknown.
 */
export class RowStore {
  /** By row: where it is; below -1 in the file. */
  readonly #location: Int32Array;
  readonly #chunks: Float32Array[] = [];
  readonly #chunkRows: number;
  #inMemory = 0;
  #inFile = 0;
  #file: Promise<FileHandle> | undefined;

  /**
   * @param count of rows
   * @param rowLength numbers in a row
   * @param path of the scratch file; no file when undefined
   */
  constructor(
    readonly count: number,
    readonly rowLength: number,
    private readonly memory: Budget,
    private readonly disk: Budget,
    private readonly path: string | undefined,
  ) {
    this.#location = new Int32Array(count).fill(unknown);
    this.#chunkRows = Math.max(1, Math.floor(chunkBytes / (4 * rowLength)));
  }

  has(row: number): boolean {
    return this.#location[row] !== unknown;
  }

  /**
   * Reads rows that are known.
   *
   * @param into for each of them, where its numbers go
   */
  async read(rows: readonly number[], into: readonly Float32Array[]): Promise<void> {
    const stored: { readonly position: number; readonly target: Float32Array }[] = [];
    for (const [i, row] of rows.entries()) {
      const location = itemAt(this.#location, row);
      const target = itemAt(into, i);
      if (location >= 0) target.set(this.#slot(location));
      else stored.push({ position: unknown - 1 - location, target });
    }
    await concurrently(stored, readsAtOnce, async ({ position, target }) => {
      const file = await this.#opened();
      const bytes = bytesOf(target);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position * bytes.length);
      if (bytesRead < bytes.length) throw new Error(`The scratch file "${this.path}" was cut short.`);
    });
  }

  /** Keeps a row, when there is room. */
  async write(row: number, values: Float32Array): Promise<void> {
    if (this.has(row)) return;
    if (this.#takeMemory()) {
      this.#slot(this.#inMemory).set(values);
      this.#location[row] = this.#inMemory++;
    } else if (this.path !== undefined && this.disk.bytes >= values.byteLength) {
      await this.#append(row, values);
    }
  }

  /** Removes the scratch file. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    if (file === undefined || this.path === undefined) return;
    await file.close();
    await rm(this.path, { force: true });
  }

  #slot(index: number): Float32Array {
    const chunk = itemAt(this.#chunks, Math.floor(index / this.#chunkRows));
    const start = (index % this.#chunkRows) * this.rowLength;
    return chunk.subarray(start, start + this.rowLength);
  }

  /** Whether there is room in memory for one more row. */
  #takeMemory(): boolean {
    const chunk = Math.floor(this.#inMemory / this.#chunkRows);
    if (chunk < this.#chunks.length) return true;
    const rows = Math.min(this.#chunkRows, this.count - this.#inMemory);
    const bytes = 4 * rows * this.rowLength;
    if (bytes > this.memory.bytes) return false;
    this.memory.bytes -= bytes;
    this.#chunks.push(new Float32Array(rows * this.rowLength));
    return true;
  }

  async #append(row: number, values: Float32Array): Promise<void> {
    const bytes = bytesOf(values);
    const position = this.#inFile++;
    this.disk.bytes -= bytes.length;
    try {
      const file = await this.#opened();
      await file.write(bytes, 0, bytes.length, position * bytes.length);
      this.#location[row] = unknown - 1 - position;
    } catch {
      // A full disk, for example: what is not kept is computed again.
      this.disk.bytes = 0;
    }
  }

  #opened(): Promise<FileHandle> {
    const { path } = this;
    if (path === undefined) throw new Error('There is no scratch file.');
    this.#file ??= makeFolder(dirname(path)).then(() => open(path, 'wx+'));
    return this.#file;
  }
}
