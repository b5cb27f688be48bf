import type { OptimizerSettings } from '../optimizers/optimizer.js';
import { createOptimizer } from '../optimizers/table.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import { type UpdateGraph, updateFeeds, withUpdate } from '../programs/update.js';
import { Mover } from '../runtime/mover.js';
import type { HeldTensor, OpenDevice } from '../runtime/runtime.js';
import { elementCount, type Tensor } from '../tensor.js';
import { fitting, fittingSlots, type Held } from './fitting.js';
import { ofSnapshotTensors, type SnapshotNumbers } from './snapshot.js';
import type { Compiled, CompiledProgram, Fed, Move, Moved, WeightHolder } from './weight-holder.js';

/**
 * Weights and the optimizer's arrays in the device's memory: the update is part of the step's graph, and its results are
 * what the next step is fed. Only the loss, the gradient's norm and what the caller asks for are read.
 */
export class OnDevice implements WeightHolder {
  readonly #device: OpenDevice;
  readonly #mover: Mover;
  readonly #optimizer: OptimizerSettings;
  readonly #clipNorm: number | undefined;
  readonly #slots: readonly string[];
  /** Types and shapes of the weights. */
  readonly #held: Held;
  /** `weights/…` and the optimizer's arrays by slot: in memory until they are first needed, on the device after that. */
  readonly #tensors = new Map<string, Tensor | HeldTensor>();
  readonly #updates = new Map<TrainingProgram['gradients'], Omit<UpdateGraph, 'graph'>>();

  constructor(
    device: OpenDevice,
    weights: Readonly<Record<string, Tensor>>,
    optimizer: OptimizerSettings,
    clipNorm: number | undefined,
  ) {
    this.#device = device;
    this.#mover = new Mover(device);
    this.#optimizer = optimizer;
    this.#clipNorm = clipNorm;
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
    const { graph: updated, ...update } = withUpdate(program, this.#optimizer, this.#clipNorm);
    this.#updates.set(program.gradients, update);
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
    const { norm, next, slots } = this.#updates.get(program.gradients) as Omit<UpdateGraph, 'graph'>;
    for (const key of Object.keys(slots))
      if (!this.#tensors.has(key)) this.#tensors.set(key, this.#zeros(key));
    await this.#upload(Object.keys(slots));
    const memory = Object.entries(slots).map(([key, name]) => [name, this.#tensors.get(key)]);
    const scalars = updateFeeds(this.#optimizer, move.step, move.learningRate);
    const all = { ...feeds, ...scalars, ...(Object.fromEntries(memory) as Fed) };
    const statistics = Object.entries(program.updates).map(([name, output]) => [`weights/${name}`, output]);
    const moving: [string, string][] = [...Object.entries(next), ...(statistics as [string, string][])];
    const asked = [program.loss, norm, ...moving.map(([, name]) => name), ...Object.values(program.outputs)];
    const results = await program.executable.run(all, asked);
    const loss = results[program.loss]?.data[0] as number;
    const found = results[norm]?.data[0] as number;
    const gradientNorm = Number.isFinite(loss) ? found : Number.NaN;
    for (const [key, name] of moving) {
      const made = results[name] as HeldTensor;
      // The weights from before are still there: where something is not finite, they stay.
      if (Number.isFinite(gradientNorm)) this.#replace(key, made);
      else made.dispose();
    }
    return { loss, gradientNorm, results };
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
    if (before !== undefined && 'location' in before) before.dispose();
    if (tensor === undefined) this.#tensors.delete(key);
    else this.#tensors.set(key, tensor);
  }

  #zeros(key: string): Tensor {
    const { dims } = this.#held.get(key.slice(key.indexOf('/') + 1)) as Pick<Tensor, 'dims'>;
    return { type: 'float32', dims, data: new Float32Array(elementCount(dims)) };
  }
}

function copy({ type, dims, data }: Tensor): Tensor {
  return { type, dims: [...dims], data: data.slice() };
}
