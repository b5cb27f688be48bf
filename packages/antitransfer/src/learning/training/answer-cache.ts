import type { Tensor } from 'onnx-autograd';
import { fieldOf, itemAt } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';
import type { RowStore } from './row-store.js';

/** One output of a frozen program. */
export interface FrozenOutput {
  readonly name: string;
  /** Of one clip's entry. */
  readonly dims: readonly number[];
}

/** What was known of some clips before their step. */
export interface KnownAnswers {
  readonly clips: readonly number[];
  /** A row a clip, all outputs one after another; those of {@link missing} are not filled in. */
  readonly rows: readonly Float32Array[];
  readonly data: Float32Array;
  /** Indices into the clips. */
  readonly missing: readonly number[];
}

/** Frozen networks' answers on the clips of a dataset: computed once a clip, as far as there is room to keep it. */
export class AnswerCache {
  /** @param ask computes the outputs from features, `(batch, channels, frames, bins)` */
  constructor(
    private readonly ask: (features: Tensor) => Promise<Readonly<Record<string, Tensor>>>,
    readonly outputs: readonly FrozenOutput[],
    readonly store: RowStore,
  ) {}

  /** Reads what is known of clips. It may be called while a step computes. */
  async read(clips: readonly number[]): Promise<KnownAnswers> {
    const { rowLength } = this.store;
    const data = new Float32Array(clips.length * rowLength);
    const rows = clips.map((_, i) => data.subarray(i * rowLength, (i + 1) * rowLength));
    const missing = await this.#fill([...clips.keys()], clips, rows);
    return { clips, rows, data, missing };
  }

  /**
   * Computes the rest.
   *
   * @param features of the clips, `(batch, channels, frames, bins)`
   * @returns by output: an entry a clip, `(batch, …)`
   */
  async complete(known: KnownAnswers, features: Tensor): Promise<Record<string, Tensor>> {
    const { clips, rows, data } = known;
    // The step before may have computed some since.
    const missing = known.missing.length === 0 ? [] : await this.#fill(known.missing, clips, rows);
    // Half a batch at a time takes half the memory and no more time.
    const most = Math.ceil(clips.length / 2);
    for (let start = 0; start < missing.length; start += most) {
      await this.#compute(missing.slice(start, start + most), known, features);
    }
    return this.#split(data, clips.length);
  }

  /** Reads those that are known, and returns the others. */
  async #fill(
    indices: readonly number[],
    clips: readonly number[],
    rows: readonly Float32Array[],
  ): Promise<number[]> {
    const isKnown = (index: number) => this.store.has(itemAt(clips, index));
    const known = indices.filter(isKnown);
    await this.store.read(
      known.map((index) => itemAt(clips, index)),
      known.map((index) => itemAt(rows, index)),
    );
    const filled = new Set(known);
    return indices.filter((index) => !filled.has(index));
  }

  async #compute(indices: readonly number[], { clips, rows }: KnownAnswers, features: Tensor): Promise<void> {
    const answers = await this.ask(pickRows(features, indices));
    for (const [i, index] of indices.entries()) {
      const row = itemAt(rows, index);
      let start = 0;
      for (const { name, dims } of this.outputs) {
        const size = sizeOfEntry(dims);
        const all = float32Of(fieldOf(answers, name));
        row.set(all.subarray(i * size, (i + 1) * size), start);
        start += size;
      }
      await this.store.write(itemAt(clips, index), row);
    }
  }

  #split(data: Float32Array, count: number): Record<string, Tensor> {
    let start = 0;
    return Object.fromEntries(
      this.outputs.map(({ name, dims }) => {
        const size = sizeOfEntry(dims);
        const own = this.outputs.length === 1 ? data : column(data, count, start, size);
        start += size;
        return [name, { type: 'float32', dims: [count, ...dims], data: own }];
      }),
    );
  }
}

/** Numbers of one clip's entry. */
export function sizeOfEntry(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

/** Some neighbouring columns of a matrix with `count` rows. */
function column(data: Float32Array, count: number, first: number, size: number): Float32Array {
  const length = data.length / count;
  const columns = new Float32Array(count * size);
  for (let row = 0; row < count; row++) {
    columns.set(data.subarray(row * length + first, row * length + first + size), row * size);
  }
  return columns;
}

/** Some rows of a batch. */
function pickRows(tensor: Tensor, rows: readonly number[]): Tensor {
  const { type, dims } = tensor;
  const data = float32Of(tensor);
  const size = sizeOfEntry(dims.slice(1));
  const picked = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) {
    picked.set(data.subarray(row * size, (row + 1) * size), i * size);
  }
  return { type, dims: [rows.length, ...dims.slice(1)], data: picked };
}
