import { itemAt } from '../../../lookup.js';
import { type ClipFeatures, checkRows, rowLengthOf } from './clip-features.js';
import { concurrently } from './concurrently.js';
import type { OpenPacks } from './open-packs.js';
import type { StoredPack } from './stored-pack.js';

/** Reads under way at the same time; Node has four threads for them, the system may sort what waits. */
const readsAtOnce = 8;

/** Rows of one read: systems take at least this many buffers (POSIX asks for 16, Linux has 1024). */
const rowsPerRead = 16;

/** Where the rows of some clips are: in which of the packs, and where in it. */
export interface RowLocations {
  readonly packs: readonly StoredPack[];
  /** By row: the index of its pack. */
  readonly pack: Uint32Array;
  /** By row: its index in the pack. */
  readonly position: Uint32Array;
}

/** Neighbours in a pack, to be read at once. */
interface Run {
  readonly pack: StoredPack;
  readonly first: number;
  readonly rows: Float32Array[];
}

/** Features in packs on disk. */
export class StoredFeatures implements ClipFeatures {
  #closed = false;
  readonly #reading = new Set<Promise<void>>();

  constructor(
    readonly shape: readonly [1, number, number],
    private readonly locations: RowLocations,
    private readonly openPacks: OpenPacks,
  ) {}

  get count(): number {
    return this.locations.pack.length;
  }

  async read(rows: readonly number[], into: Float32Array): Promise<void> {
    if (this.#closed) throw new Error('These features are closed: open them again to read.');
    checkRows(rows, into, this.shape, this.count);
    const reading = this.#read(rows, into);
    this.#reading.add(reading);
    await reading.finally(() => this.#reading.delete(reading));
  }

  /** Closes the files once what is being read was read. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#reading);
    await this.openPacks.close(this.locations.packs);
  }

  async #read(rows: readonly number[], into: Float32Array): Promise<void> {
    const { runs, repeats } = this.#plan(rows, into);
    await concurrently(runs, readsAtOnce, ({ pack, first, rows: neighbours }) =>
      this.openPacks.use(pack, (file) => pack.read(file, first, neighbours)),
    );
    for (const { target, source } of repeats) target.set(source);
  }

  /** What to read from where to where, in the order of the disk; and which rows are the same again. */
  #plan(rows: readonly number[], into: Float32Array) {
    const { packs, pack, position } = this.locations;
    const size = rowLengthOf(this.shape);
    const byDisk = rows
      .map((row, i) => ({
        pack: itemAt(pack, row),
        position: itemAt(position, row),
        target: into.subarray(i * size, (i + 1) * size),
      }))
      .sort((a, b) => a.pack - b.pack || a.position - b.position);
    const runs: Run[] = [];
    const repeats: { target: Float32Array; source: Float32Array }[] = [];
    for (const { pack: index, position: at, target } of byDisk) {
      const owner = itemAt(packs, index);
      const run = runs.at(-1);
      const last = run?.rows.at(-1);
      const distance = run?.pack === owner ? at - (run.first + run.rows.length - 1) : Number.NaN;
      if (last && distance === 0) repeats.push({ target, source: last });
      else if (run && distance === 1 && run.rows.length < rowsPerRead) run.rows.push(target);
      else runs.push({ pack: owner, first: at, rows: [target] });
    }
    return { runs, repeats };
  }
}
