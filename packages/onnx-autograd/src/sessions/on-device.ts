import type { ClippingSettings } from '../optimizers/clipping.js';
import type { OptimizerSettings } from '../optimizers/optimizer.js';
import { createOptimizer } from '../optimizers/table.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import { type UpdateGraph, updateFeeds, withUpdate } from '../programs/update.js';
import { Mover } from '../runtime/mover.js';
import type { HeldTensor, OpenDevice } from '../runtime/runtime.js';
import { elementCount, type Tensor } from '../tensor.js';
import { fitting, fittingSlots, type Held } from './fitting.js';
import { GradientSums } from './gradient-sums.js';
import { ofSnapshotTensors, type SnapshotNumbers } from './snapshot.js';
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

/**
 * Weights and the optimizer's arrays in the device's memory: the update is part of the step's graph, and its results are
 * what the next step is fed. Only the loss, the gradient's norm and what the caller asks for are read.
 */
export class OnDevice implements WeightHolder {
  readonly #device: OpenDevice;
  readonly #mover: Mover;
  readonly #optimizer: OptimizerSettings;
  readonly #clipping: ClippingSettings;
  readonly #slots: readonly string[];
  /** Types and shapes of the weights. */
  readonly #held: Held;
  /** `weights/…` and the optimizer's arrays by slot: in memory until they are first needed, on the device after that. */
  readonly #tensors = new Map<string, Tensor | HeldTensor>();
  readonly #updates = new Map<TrainingProgram['gradients'], Omit<UpdateGraph, 'graph'>>();
  /** Compiled when a step over several batches is first asked for. */
  readonly #sums = new Map<TrainingProgram['gradients'], () => Promise<GradientSums>>();
  readonly #summing = new Map<TrainingProgram['gradients'], GradientSums>();

  constructor(
    device: OpenDevice,
    weights: Readonly<Record<string, Tensor>>,
    optimizer: OptimizerSettings,
    clipping: ClippingSettings = {},
  ) {
    this.#device = device;
    this.#mover = new Mover(device);
    this.#optimizer = optimizer;
    this.#clipping = clipping;
    this.#slots = createOptimizer(optimizer).slots;
    this.#held = new Map(Object.entries(weights).map(([name, { type, dims }]) => [name, { type, dims }]));
    for (const [name, weight] of Object.entries(weights)) this.#tensors.set(`weights/${name}`, copy(weight));
  }

  get learningRate(): number {
    return this.#optimizer.learningRate;
  }

  async compile(program: Program | TrainingProgram): Promise<CompiledProgram> {
    const { graph, ...compiled } = program;
    if (!('gradients' in program)) {
      return { ...compiled, executable: await this.#device.compile(graph) };
    }
    const { graph: updated, ...update } = withUpdate(program, this.#optimizer, this.#clipping);
    this.#updates.set(program.gradients, update);
    const summed = { ...program };
    this.#sums.set(program.gradients, () =>
      GradientSums.compile(this.#device, summed, this.#optimizer, this.#clipping),
    );
    const kept = [...Object.values(update.next), ...Object.values(program.updates)];
    return { ...compiled, executable: await this.#device.compile(updated, { kept }) };
  }

  async feeds(names: readonly string[]): Promise<Fed> {
    const keys = names.map((name) => `weights/${name}`);
    await this.#upload(keys);
    return Object.fromEntries(
      names.map((name) => [name, this.#tensors.get(`weights/${name}`) as Tensor | HeldTensor]),
    );
  }

  async step(program: Compiled<TrainingProgram>, feeds: Fed, move: Move): Promise<Moved> {
    const update = this.#updates.get(program.gradients) as Omit<UpdateGraph, 'graph'>;
    const all = { ...feeds, ...(await this.#updateFeeds(update, move)) };
    const moving = [...Object.entries(update.next), ...statisticsOf(program)];
    const asked = [
      program.loss,
      update.norm,
      ...moving.map(([, name]) => name),
      ...Object.values(program.outputs),
    ];
    const results = await program.executable.run(all, asked);
    const loss = results[program.loss]?.data[0] as number;
    return { loss, gradientNorm: this.#take(results, update.norm, moving, loss), results };
  }

  async stepOver(program: Compiled<TrainingProgram>, parts: readonly Part[], move: Move): Promise<MovedOver> {
    const sums = await this.#sumsOf(program);
    const statistics = statisticsOf(program);
    const before = new Map<string, Tensor | HeldTensor>();
    try {
      await sums.begin(this.#mover, this.#held);
      const asked = [program.loss, ...statistics.map(([, name]) => name), ...Object.values(program.outputs)];
      let loss = 0;
      const answers: Results[] = [];
      for (const { feeds, share } of parts) {
        const results = await sums.add(await feeds(), share, asked);
        loss += share * (results[program.loss]?.data[0] as number);
        for (const [key, name] of statistics) {
          if (before.has(key)) this.#replace(key, results[name]);
          else {
            before.set(key, this.#tensors.get(key) as HeldTensor);
            this.#tensors.set(key, results[name] as HeldTensor);
          }
        }
        answers.push(results);
      }
      const { update } = sums;
      const weights = await this.feeds(Object.keys(program.gradients));
      const moving = Object.entries(update.next);
      const all = { ...weights, ...(await this.#updateFeeds(update, move)) };
      const results = await sums.apply(all, [update.norm, ...moving.map(([, name]) => name)]);
      const gradientNorm = this.#take(results, update.norm, moving, loss);
      if (Number.isFinite(gradientNorm)) for (const tensor of before.values()) dispose(tensor);
      else this.#putBack(before);
      return { loss, gradientNorm, answers };
    } catch (error) {
      this.#putBack(before);
      throw error;
    } finally {
      sums.end();
    }
  }

  async #sumsOf({ gradients }: Compiled<TrainingProgram>): Promise<GradientSums> {
    const known = this.#summing.get(gradients);
    if (known !== undefined) return known;
    const made = await (this.#sums.get(gradients) as () => Promise<GradientSums>)();
    this.#summing.set(gradients, made);
    return made;
  }

  /** The optimizer's arrays, from zeros, and what changes from step to step. */
  async #updateFeeds({ slots }: Omit<UpdateGraph, 'graph'>, { step, learningRate }: Move): Promise<Fed> {
    for (const key of Object.keys(slots))
      if (!this.#tensors.has(key)) this.#tensors.set(key, this.#zeros(key));
    await this.#upload(Object.keys(slots));
    const memory = Object.entries(slots).map(([key, name]) => [name, this.#tensors.get(key)]);
    const scalars = updateFeeds(this.#optimizer, step, learningRate);
    return { ...scalars, ...(Object.fromEntries(memory) as Fed) };
  }

  /**
   * Takes what an update computed. The weights from before are still there: where something is not finite, they stay.
   *
   * @returns the gradient's norm; not finite when nothing has moved.
   */
  #take(
    results: Results,
    norm: string,
    moving: readonly (readonly [string, string])[],
    loss: number,
  ): number {
    const found = results[norm]?.data[0] as number;
    const gradientNorm = Number.isFinite(loss) ? found : Number.NaN;
    for (const [key, name] of moving) {
      const made = results[name] as HeldTensor;
      if (Number.isFinite(gradientNorm)) this.#replace(key, made);
      else made.dispose();
    }
    return gradientNorm;
  }

  #putBack(before: ReadonlyMap<string, Tensor | HeldTensor>): void {
    for (const [key, tensor] of before) this.#replace(key, tensor);
  }

  async snapshot(): Promise<SnapshotNumbers> {
    return ofSnapshotTensors(await this.#mover.download(this.#tensors));
  }

  restore(snapshot: SnapshotNumbers): void {
    const slots = fittingSlots(this.#held, snapshot, this.#slots, this.#optimizer.kind);
    for (const key of this.#tensors.keys()) if (!key.startsWith('weights/')) this.#replace(key, undefined);
    for (const name of this.#held.keys()) {
      this.#replace(`weights/${name}`, copy(snapshot.weights[name] as Tensor));
      for (const [i, slot] of (slots.get(name) ?? []).entries()) {
        this.#replace(`${this.#slots[i]}/${name}`, copy(slot));
      }
    }
  }

  async weights(): Promise<Record<string, Tensor>> {
    const weights = [...this.#tensors].filter(([key]) => key.startsWith('weights/'));
    const found = await this.#mover.download(new Map(weights));
    return Object.fromEntries(
      Object.entries(found).map(([key, tensor]) => [key.slice('weights/'.length), tensor]),
    );
  }

  setWeights(weights: Readonly<Record<string, Tensor>>): void {
    for (const [name, tensor] of Object.entries(weights)) fitting(this.#held, name, tensor, 'what is given');
    for (const [name, tensor] of Object.entries(weights)) this.#replace(`weights/${name}`, copy(tensor));
  }

  async close(): Promise<void> {
    for (const key of [...this.#tensors.keys()]) this.#replace(key, undefined);
    await this.#mover.release();
    for (const sums of this.#summing.values()) await sums.release();
    this.#summing.clear();
  }

  /** Brings to the device what is still in memory. */
  async #upload(keys: readonly string[]): Promise<void> {
    const inMemory = new Map<string, Tensor>();
    for (const key of keys) {
      const tensor = this.#tensors.get(key) as Tensor | HeldTensor;
      if (!('location' in tensor)) inMemory.set(key, tensor);
    }
    for (const [key, tensor] of await this.#mover.upload(inMemory)) this.#tensors.set(key, tensor);
  }

  #replace(key: string, tensor: Tensor | HeldTensor | undefined): void {
    const before = this.#tensors.get(key);
    if (before !== undefined) dispose(before);
    if (tensor === undefined) this.#tensors.delete(key);
    else this.#tensors.set(key, tensor);
  }

  #zeros(key: string): Tensor {
    const { dims } = this.#held.get(key.slice(key.indexOf('/') + 1)) as Pick<Tensor, 'dims'>;
    return { type: 'float32', dims, data: new Float32Array(elementCount(dims)) };
  }
}

/** Running statistics, and what else steps carry: where each is kept, and the name of its next value. */
function statisticsOf({ updates }: Pick<TrainingProgram, 'updates'>): (readonly [string, string])[] {
  return Object.entries(updates).map(([name, output]) => [`weights/${name}`, output]);
}

function dispose(tensor: Tensor | HeldTensor): void {
  if ('location' in tensor) tensor.dispose();
}

function copy({ type, dims, data }: Tensor): Tensor {
  return { type, dims: [...dims], data: data.slice() };
}
