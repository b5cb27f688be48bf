import type { OptimizerSettings } from '../optimizers/optimizer.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import type { OpenDevice } from '../runtime/runtime.js';
import type { Tensor } from '../tensor.js';
import { type Arrays, HostWeights } from './host-weights.js';
import type { SnapshotNumbers } from './snapshot.js';
import type { Compiled, CompiledProgram, Fed, Move, Moved, Results, WeightHolder } from './weight-holder.js';

/** Weights in this process's memory: the device computes gradients, the optimizer moves the weights here. */
export class OnHost implements WeightHolder {
  readonly #device: OpenDevice;
  readonly #weights: HostWeights;
  readonly #clipNorm: number;

  constructor(
    device: OpenDevice,
    weights: Readonly<Record<string, Tensor>>,
    optimizer: OptimizerSettings,
    clipNorm = Number.POSITIVE_INFINITY,
  ) {
    this.#device = device;
    this.#clipNorm = clipNorm;
    this.#weights = new HostWeights(weights, optimizer);
  }

  get learningRate(): number {
    return this.#weights.settings.learningRate;
  }

  async compile({ graph, ...program }: Program | TrainingProgram): Promise<CompiledProgram> {
    return {
      ...program,
      executable: await this.#device.compile(graph, { fedWeights: program.weights.length > 0 }),
    };
  }

  async feeds(names: readonly string[]): Promise<Fed> {
    return Object.fromEntries(names.map((name) => [name, this.#weights.feed(name)]));
  }

  async step(program: Compiled<TrainingProgram>, feeds: Fed, move: Move): Promise<Moved> {
    // ONNX Runtime would write into tensors given to it, but returns copies all the same: more memory, no less time.
    const { gradients: wanted, updates, outputs } = program;
    const names = [program.loss, ...[wanted, updates, outputs].flatMap((list) => Object.values(list))];
    const results = await program.executable.run(feeds, names);
    const loss = results[program.loss]?.data[0] as number;
    const gradients = arraysOf(wanted, results);
    const gradientNorm = Number.isFinite(loss) ? this.#weights.norm(gradients) : Number.NaN;
    if (Number.isFinite(gradientNorm)) {
      const scale = gradientNorm > this.#clipNorm ? this.#clipNorm / gradientNorm : 1;
      this.#weights.update(gradients, move.step, move.learningRate, scale);
      this.#weights.replace(arraysOf(updates, results));
    }
    return { loss, gradientNorm, results };
  }

  async snapshot(): Promise<SnapshotNumbers> {
    return this.#weights.snapshot();
  }

  restore(snapshot: SnapshotNumbers): void {
    this.#weights.restore(snapshot);
  }

  async weights(): Promise<Record<string, Tensor>> {
    return this.#weights.weights();
  }

  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    this.#weights.setWeights(weights);
  }

  async close(): Promise<void> {}
}

/** What a program computed for each weight. */
function arraysOf(names: Readonly<Record<string, string>>, results: Results): Arrays {
  const entries = Object.entries(names).map(([weight, name]) => [
    weight,
    results[name]?.data as Float32Array,
  ]);
  return Object.fromEntries(entries);
}
