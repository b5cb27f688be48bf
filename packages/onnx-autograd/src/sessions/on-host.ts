import { type ClippingSettings, clipFor } from '../optimizers/clipping.js';
import type { OptimizerSettings } from '../optimizers/optimizer.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import type { OpenDevice } from '../runtime/runtime.js';
import type { Tensor } from '../tensor.js';
import { type Arrays, HostWeights } from './host-weights.js';
import type { SnapshotNumbers } from './snapshot.js';
import type {
  Compiled,
  CompiledProgram,
  Fed,
  Move,
  Moved,
  MovedOver,
  Part,
  Results,
  WeightHolder,
} from './weight-holder.js';

/** Weights in this process's memory: the device computes gradients, the optimizer moves the weights here. */
export class OnHost implements WeightHolder {
  readonly #device: OpenDevice;
  readonly #weights: HostWeights;
  readonly #clipping: ClippingSettings;

  constructor(
    device: OpenDevice,
    weights: Readonly<Record<string, Tensor>>,
    optimizer: OptimizerSettings,
    clipping: ClippingSettings = {},
  ) {
    this.#device = device;
    this.#clipping = clipping;
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
    const { loss, gradients, results } = await this.#compute(program, feeds);
    const gradientNorm = this.#move(gradients, loss, move);
    if (Number.isFinite(gradientNorm)) this.#weights.replace(arraysOf(program.updates, results));
    return { loss, gradientNorm, results };
  }

  async stepOver(program: Compiled<TrainingProgram>, parts: readonly Part[], move: Move): Promise<MovedOver> {
    const before = this.#weights.copies(Object.keys(program.updates));
    let sums: Arrays | undefined;
    let loss = 0;
    const answers: Results[] = [];
    for (const { feeds, share } of parts) {
      const computed = await this.#compute(program, await feeds());
      sums = this.#weights.add(sums, computed.gradients, share);
      loss += share * computed.loss;
      this.#weights.replace(arraysOf(program.updates, computed.results));
      answers.push(computed.results);
    }
    const gradientNorm = this.#move(sums ?? {}, loss, move);
    if (!Number.isFinite(gradientNorm)) this.#weights.replace(before);
    return { loss, gradientNorm, answers };
  }

  async #compute(program: Compiled<TrainingProgram>, feeds: Fed) {
    // ONNX Runtime would write into tensors given to it, but returns copies all the same: more memory, no less time.
    const { gradients: wanted, updates, outputs } = program;
    const names = [program.loss, ...[wanted, updates, outputs].flatMap((list) => Object.values(list))];
    const results = await program.executable.run(feeds, names);
    const loss = results[program.loss]?.data[0] as number;
    return { loss, gradients: arraysOf(wanted, results), results };
  }

  /** @returns the gradient's norm; not finite when nothing has moved. */
  #move(gradients: Arrays, loss: number, { step, learningRate }: Move): number {
    const norm = Number.isFinite(loss) ? this.#weights.norm(gradients) : Number.NaN;
    if (Number.isFinite(norm)) {
      this.#weights.update(gradients, step, learningRate, clipFor(this.#clipping, norm));
    }
    return norm;
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
