import type { Tensor, TrainingSession } from 'onnx-autograd';
import type { Dataset } from './dataset.js';
import { inputNames } from './programs.js';

/** What the frozen networks say of clips: computed once a clip, then kept in memory as long as there is room. */
export class FrozenMemory {
  readonly #kept = new Map<Dataset, Map<number, Map<string, Float32Array>>>();
  readonly #shapes = new Map<string, readonly number[]>();
  #bytes = 0;

  /** @param limit how much may be kept, in bytes. What does not fit is computed again when it is needed. */
  constructor(
    readonly session: TrainingSession,
    readonly limit: number,
  ) {}

  /** By penalty: the frozen network's entries of the clips, `(batch, …)`. */
  async of(data: Dataset, indices: readonly number[], features: Tensor): Promise<Record<string, Tensor>> {
    const known = this.#kept.get(data) ?? new Map<number, Map<string, Float32Array>>();
    this.#kept.set(data, known);
    const fresh = new Map<number, Map<string, Float32Array>>();
    const missing = [...indices.keys()].filter((row) => !known.has(indices[row] as number));
    // Half a batch at a time takes half the memory and no more time.
    const most = Math.ceil(indices.length / 2);
    for (let start = 0; start < missing.length; start += most) {
      const some = missing.slice(start, start + most);
      const answers = await this.session.run('frozen', { [inputNames.features]: pickRows(features, some) });
      for (const [name, tensor] of Object.entries(answers)) this.#shapes.set(name, tensor.dims.slice(1));
      for (const [i, row] of some.entries()) fresh.set(indices[row] as number, rowsOf(answers, i));
    }
    for (const [index, entries] of fresh) this.#keep(known, index, entries);
    const names = [...this.#shapes.keys()];
    const entry = (index: number) => known.get(index) ?? fresh.get(index);
    return Object.fromEntries(names.map((name) => [name, this.#stack(name, indices, entry)]));
  }

  #keep(
    known: Map<number, Map<string, Float32Array>>,
    index: number,
    entries: Map<string, Float32Array>,
  ): void {
    const bytes = [...entries.values()].reduce((total, values) => total + values.byteLength, 0);
    if (this.#bytes + bytes > this.limit) return;
    this.#bytes += bytes;
    known.set(index, entries);
  }

  #stack(
    name: string,
    indices: readonly number[],
    entry: (index: number) => Map<string, Float32Array> | undefined,
  ): Tensor {
    const dims = this.#shapes.get(name) as readonly number[];
    const size = dims.reduce((a, b) => a * b, 1);
    const data = new Float32Array(indices.length * size);
    for (const [row, index] of indices.entries())
      data.set(entry(index)?.get(name) as Float32Array, row * size);
    return { type: 'float32', dims: [indices.length, ...dims], data };
  }
}

function rowsOf(answers: Readonly<Record<string, Tensor>>, row: number): Map<string, Float32Array> {
  return new Map(
    Object.entries(answers).map(([name, { dims, data }]) => {
      const size = dims.slice(1).reduce((a, b) => a * b, 1);
      return [name, (data as Float32Array).slice(row * size, (row + 1) * size)];
    }),
  );
}

/** Some rows of a batch. */
function pickRows({ type, dims, data }: Tensor, rows: readonly number[]): Tensor {
  const size = dims.slice(1).reduce((a, b) => a * b, 1);
  const picked = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) {
    picked.set((data as Float32Array).subarray(row * size, (row + 1) * size), i * size);
  }
  return { type, dims: [rows.length, ...dims.slice(1)], data: picked };
}
