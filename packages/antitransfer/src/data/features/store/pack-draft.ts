import { type PackRow, writePack } from './pack.js';

/** The size of a pack: what is in memory while one is made, and what is lost when one is damaged. */
const packBytes = 64 * 2 ** 20;

/** Rows of the next pack, in one buffer that every pack uses again. */
export class PackDraft {
  readonly #buffer: Float32Array;
  readonly #rows = new Map<string, PackRow>();

  /**
   * @param folder where packs are written; made when it does not exist
   * @param expectedRows how many are to come in all
   */
  constructor(
    private readonly folder: string,
    private readonly rowLength: number,
    expectedRows: number,
  ) {
    const rows = Math.max(1, Math.min(expectedRows, Math.floor(packBytes / (4 * rowLength))));
    this.#buffer = new Float32Array(rows * rowLength);
  }

  get isFull(): boolean {
    return (this.#rows.size + 1) * this.rowLength > this.#buffer.length;
  }

  /** Copies a row, of which there must be room for one more. */
  add(key: string, { features, length, peak }: PackRow): void {
    const start = this.#rows.size * this.rowLength;
    const slot = this.#buffer.subarray(start, start + this.rowLength);
    slot.set(features);
    this.#rows.set(key, { features: slot, length, peak });
  }

  /** Writes what was added since the last time. @throws FileError when it cannot be written */
  async write(): Promise<void> {
    if (this.#rows.size > 0) await writePack(this.folder, this.#rows);
    this.clear();
  }

  /** Gives up what was added since the last time. */
  clear(): void {
    this.#rows.clear();
  }
}
