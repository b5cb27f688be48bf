import { type Feeds, Random, type StepResult, type Tensor, type TrainingSession } from 'onnx-autograd';
import { argmax } from '../../numbers/argmax.js';
import type { Penalty } from '../objectives/penalty.js';
import { type Dataset, gatherLabels, readFeatures, sizeOf } from './dataset.js';
import type { FrozenMemory } from './frozen.js';
import { balancedOrder, epochOrder } from './order.js';
import { inputNames, type TrainingPrograms } from './programs.js';
import type { Sums } from './progress.js';
import { readAhead } from './read-ahead.js';

/** What the batches of a training are made of. */
export interface BatchSource {
  readonly programs: TrainingPrograms;
  readonly penalties: readonly Penalty[];
  readonly train: Dataset;
  /** The clips of penalties that look at clips of their own. */
  readonly auxiliary?: Dataset;
  readonly batch: number;
  readonly seed: number;
}

/** What one training step measured. */
export interface StepMeasures {
  readonly milliseconds: number;
  readonly crossEntropy: number;
}

/** The clips of one step. */
interface StepClips {
  readonly target: readonly number[];
  /** Of penalties on clips of their own. */
  readonly auxiliary: readonly number[];
}

/** What is read before a step, while the one before computes. */
interface ReadStep extends StepClips {
  readonly batch: number;
  readonly features: Tensor;
  readonly auxiliaryFeatures: Tensor | undefined;
}

/** The batches of one epoch. Everything random in them depends on the seed, the epoch and the batch only. */
export class EpochBatches {
  readonly #random: Random;
  readonly #target: readonly number[];
  readonly #auxiliary: readonly number[];
  /** Steps in the epoch. */
  readonly count: number;

  constructor(
    readonly source: BatchSource,
    readonly epoch: number,
  ) {
    const { train, auxiliary, batch } = source;
    this.#random = new Random(source.seed).fork('batches');
    this.count = Math.ceil(sizeOf(train) / batch);
    this.#target = epochOrder(sizeOf(train), epoch, this.#random);
    this.#auxiliary = auxiliary
      ? balancedOrder(auxiliary.labels, this.count * batch, epoch, this.#random)
      : [];
  }

  /** Reads the epoch's batches from one on, ahead of the steps that they are for. */
  read(first = 0): AsyncGenerator<ReadStep, void, undefined> {
    return readAhead(first, this.count, (batch) => this.#read(batch));
  }

  /** One training step on a batch; adds what it measured to the sums. */
  async step(
    session: TrainingSession,
    memory: FrozenMemory,
    step: ReadStep,
    sums: Sums,
  ): Promise<StepMeasures> {
    const started = performance.now();
    const result = await session.step('train', await this.#feeds(memory, step));
    addTo(sums, this.source, step.target, result);
    const milliseconds = performance.now() - started;
    sums.seconds += milliseconds / 1000;
    return { milliseconds, crossEntropy: scalarOf(result, 'crossEntropy') };
  }

  async #read(batch: number): Promise<ReadStep> {
    const { train, auxiliary } = this.source;
    const clips = this.#clips(batch);
    const [features, auxiliaryFeatures] = await Promise.all([
      readFeatures(train, clips.target),
      auxiliary && readFeatures(auxiliary, clips.auxiliary),
    ]);
    return { ...clips, batch, features, auxiliaryFeatures };
  }

  #clips(batch: number): StepClips {
    const size = this.source.batch;
    const of = (order: readonly number[]) => order.slice(batch * size, (batch + 1) * size);
    return { target: of(this.#target), auxiliary: of(this.#auxiliary) };
  }

  async #feeds(memory: FrozenMemory, step: ReadStep): Promise<Feeds> {
    const { train, auxiliary, penalties, programs } = this.source;
    const { batch, target, features, auxiliaryFeatures } = step;
    const feeds: Record<string, Tensor> = {
      [inputNames.features]: features,
      [inputNames.labels]: gatherLabels(train.labels, target),
    };
    const random = this.#random.fork(`epoch ${this.epoch} batch ${batch}`);
    if (penalties.some((penalty) => penalty.clips === 'batch')) {
      const answers = await memory.of(train, target, features);
      this.#addFrozen(feeds, answers, 'batch', random);
    }
    if (auxiliary && auxiliaryFeatures && penalties.some((penalty) => penalty.clips === 'auxiliary')) {
      feeds[inputNames.penaltyFeatures] = auxiliaryFeatures;
      const answers = await memory.of(auxiliary, step.auxiliary, auxiliaryFeatures);
      this.#addFrozen(feeds, answers, 'auxiliary', random);
    }
    for (const [index, penalty] of programs.sampling.entries()) {
      // The first draws as a single one always has; the others must not draw the same.
      const draw = random.fork(index === 0 ? 'channels' : `channels ${penalty.name}`);
      feeds[inputNames.channels(penalty.name)] = chooseChannels(penalty, target.length, draw);
    }
    return feeds;
  }

  #addFrozen(
    feeds: Record<string, Tensor>,
    answers: Readonly<Record<string, Tensor>>,
    clips: Penalty['clips'],
    random: Random,
  ): void {
    for (const penalty of this.source.penalties) {
      const answer = answers[penalty.name];
      if (penalty.clips !== clips || answer === undefined) continue;
      feeds[inputNames.frozen(penalty.name)] = penalty.shuffled ? shuffleRows(answer, random) : answer;
    }
  }
}

/** Each clip's entry exchanged for another clip's: a cycle through a random order, so that none keeps its own. */
function shuffleRows(tensor: Tensor, random: Random): Tensor {
  const count = tensor.dims[0] as number;
  const size = tensor.data.length / Math.max(1, count);
  const order = random.fork('shuffled').shuffle(Array.from({ length: count }, (_, row) => row));
  const data = new Float32Array(tensor.data.length);
  for (const [place, row] of order.entries()) {
    const other = order[(place + 1) % count] as number;
    data.set((tensor.data as Float32Array).subarray(other * size, (other + 1) * size), row * size);
  }
  return { ...tensor, data };
}

/** Neighbouring channels, as many as there are channels a clip of the batch, as in the official code. */
function chooseChannels({ frozen, frozenTap, tap }: Penalty, batch: number, random: Random): Tensor {
  const total = frozen.taps.get(frozenTap ?? tap)?.before.knownShape[1] as number;
  const count = batch > 1 ? Math.max(1, Math.floor(total / batch)) : 1;
  const first = random.integer(0, Math.max(0, total - count - 1));
  return {
    type: 'int64',
    dims: [count],
    data: BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i)),
  };
}

function addTo(
  sums: Sums,
  { train, penalties }: BatchSource,
  indices: readonly number[],
  result: StepResult,
): void {
  const { outputs, learningRate } = result;
  const scalar = (name: string) => scalarOf(result, name);
  const logits = outputs.logits as Tensor;
  const classes = logits.dims[1] as number;
  sums.clips += indices.length;
  sums.learningRate = learningRate;
  sums.crossEntropy += scalar('crossEntropy') * indices.length;
  for (const [row, index] of indices.entries()) {
    const scores = (logits.data as Float32Array).subarray(row * classes, (row + 1) * classes);
    if (argmax(scores) === train.labels[index]) sums.correct++;
  }
  for (const { name } of penalties) {
    sums.penalties[name] = (sums.penalties[name] ?? 0) + scalar(name) * indices.length;
  }
}

function scalarOf({ outputs }: StepResult, name: string): number {
  return outputs[name]?.data[0] as number;
}
