import { type AccumulatedStepResult, type Feeds, Random, type StepResult, type Tensor } from 'onnx-autograd';
import { fieldOf, itemAt } from '../../lookup.js';
import { argmax } from '../../numbers/argmax.js';
import { float32Of } from '../../numbers/float32.js';
import { sum } from '../../numbers/mean.js';
import type { Mixture } from '../augmentations/definition.js';
import { balancedBatches } from '../objectives/balanced-order.js';
import { type ClipClasses, type ClipSource, clipsKey, type Objective } from '../objectives/objective.js';
import type { AnswerCache, KnownAnswers } from './answer-cache.js';
import { type Augmentations, countRepeats, type DrawnClip } from './augment.js';
import { type Dataset, gatherLabels, readFeatures, sizeOf } from './dataset.js';
import { inputNames } from './input-names.js';
import { epochOrder } from './order.js';
import type { TrainingPrograms } from './programs.js';
import type { Sums } from './progress.js';
import { readAhead } from './read-ahead.js';
import type { StepOutput, StepSession } from './session.js';
import { frozenFeeds, inputsOf, objectiveFeeds } from './step-feeds.js';

/** What the batches of a training are made of. */
export interface BatchSource {
  readonly programs: Pick<TrainingPrograms, 'train' | 'frozen' | 'measures'>;
  /** How many the target has. */
  readonly classes: number;
  readonly objectives: readonly Objective[];
  readonly train: Dataset;
  /** What is done to its clips in each epoch anew. */
  readonly augmentations?: Augmentations;
  /** The clips of orthogonal tasks that objectives look at, by the task's name. */
  readonly auxiliary: Readonly<Record<string, Dataset>>;
  /** Answers of frozen networks, by the clips that they are asked about. */
  readonly caches: ReadonlyMap<string, AnswerCache>;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
}

/** What one training step measured. */
export interface StepMeasures {
  readonly milliseconds: number;
  readonly crossEntropy: number;
  /** With what objectives add. */
  readonly loss: number;
}

/** Clips of one kind in a step, read before it, while the one before computes. */
interface ReadClips {
  readonly clips: ClipSource;
  readonly indices: readonly number[];
  readonly features: Tensor;
  /** Frozen networks' answers on them, as far as they are known. */
  readonly known: KnownAnswers | undefined;
  /** With what they were mixed, where they were. */
  readonly mixture: Mixture | undefined;
}

interface ReadStep {
  readonly batch: number;
  /** The target's first. */
  readonly sides: readonly [ReadClips, ...ReadClips[]];
}

/** Clips of one kind, in the batches of an epoch. */
interface Side {
  readonly clips: ClipSource;
  readonly data: Dataset;
  readonly batches: readonly (readonly number[])[];
}

/** The batches of one epoch. Everything random in them depends on the seed, the epoch and the batch only. */
export class EpochBatches {
  readonly #random: Random;
  readonly #sides: readonly [Side, ...Side[]];
  readonly #clipFeeds: Readonly<Record<string, Tensor>>;
  /** The target's clips, batch by batch. */
  readonly #drawn: readonly (readonly DrawnClip[])[];
  /** Steps in the epoch. */
  readonly count: number;

  constructor(
    readonly source: BatchSource,
    readonly epoch: number,
  ) {
    const { train, batch } = source;
    this.#random = new Random(source.seed).fork('batches');
    this.count = Math.ceil(sizeOf(train) / batch);
    const target: Side = { clips: 'batch', data: train, batches: this.#targetBatches() };
    const tasks = new Set(source.objectives.flatMap(({ auxiliary = [] }) => auxiliary));
    this.#sides = [target, ...[...tasks].map((task, index) => this.#auxiliary(task, index))];
    this.#clipFeeds = this.#fedOfClasses();
    this.#drawn = countRepeats(target.batches);
  }

  /** Reads the epoch's batches from one on, ahead of the steps that they are for. */
  read(first = 0): AsyncGenerator<ReadStep, void, undefined> {
    return readAhead(first, this.count, async (batch) => {
      const [target, ...others] = this.#sides;
      const [first, rest] = await Promise.all([
        this.#read(target, batch),
        Promise.all(others.map((side) => this.#read(side, batch))),
      ]);
      return { batch, sides: [first, ...rest] };
    });
  }

  /** The same, so many of them for each step; the last step of an epoch may have fewer. */
  async *steps(first: number, accumulate: number): AsyncGenerator<readonly [ReadStep, ...ReadStep[]]> {
    let gathered: ReadStep[] = [];
    for await (const read of this.read(first)) {
      const [begun, ...others] = [...gathered, read];
      gathered = [begun as ReadStep, ...others];
      if (gathered.length < accumulate && read.batch + 1 < this.count) continue;
      yield gathered as [ReadStep, ...ReadStep[]];
      gathered = [];
    }
  }

  /** One training step on a batch or on several; adds what it measured to the sums. */
  async step(
    session: StepSession,
    batches: readonly [ReadStep, ...ReadStep[]],
    sums: Sums,
  ): Promise<StepMeasures> {
    const started = performance.now();
    const clips = batches.map(({ sides: [{ indices }] }) => indices);
    const { loss, learningRate, outputs } = await this.#compute(session, batches);
    let crossEntropy = 0;
    for (const [i, answered] of outputs.entries()) {
      const own = itemAt(clips, i);
      addTo(sums, this.source, own, { outputs: answered, learningRate });
      crossEntropy += scalarOf(answered.crossEntropy) * shareOf(own, clips);
    }
    const milliseconds = performance.now() - started;
    sums.seconds += milliseconds / 1000;
    return { milliseconds, crossEntropy, loss };
  }

  async #compute(
    session: StepSession,
    batches: readonly [ReadStep, ...ReadStep[]],
  ): Promise<AccumulatedStepResult<StepOutput>> {
    const [first, ...others] = batches;
    if (others.length === 0) {
      const { outputs, ...result } = await session.step('train', await this.#feeds(first));
      return { ...result, outputs: [outputs] };
    }
    const clips = batches.map(({ sides: [{ indices }] }) => indices);
    const feeds: Feeds[] = [];
    for (const batch of batches) feeds.push(await this.#feeds(batch));
    const shares = clips.map((own) => shareOf(own, clips));
    return session.accumulatedStep('train', feeds, shares);
  }

  get #classes(): ClipClasses {
    const { labels, groups = {} } = this.source.train;
    return { labels, groups };
  }

  /** What objectives are fed in each of its steps. */
  #fedOfClasses(): Record<string, Tensor> {
    const { objectives, classes } = this.source;
    const fed = objectives.flatMap(({ name, clipFeeds }) =>
      Object.entries(clipFeeds?.(this.#classes, classes) ?? {}).map(
        ([key, tensor]) => [inputNames.feed(name, key), tensor] as const,
      ),
    );
    return Object.fromEntries(fed);
  }

  #targetBatches(): number[][] {
    const { train, objectives, batch } = this.source;
    const drawing = objectives.find(({ order }) => order !== undefined);
    const order =
      drawing?.order?.(this.#classes, this.epoch, this.#random.fork(`objective ${drawing.name}`)) ??
      epochOrder(sizeOf(train), this.epoch, this.#random);
    return Array.from({ length: this.count }, (_, index) => order.slice(index * batch, (index + 1) * batch));
  }

  #auxiliary(task: string, index: number): Side {
    const data = fieldOf(this.source.auxiliary, task);
    // The first draws as a single one does; the others must not draw the same.
    const random = index === 0 ? this.#random : this.#random.fork(`auxiliary ${task}`);
    const asked = { batches: this.count, size: this.source.batch };
    return { clips: { task }, data, batches: balancedBatches(data.labels, asked, this.epoch, random) };
  }

  async #read({ clips, data, batches }: Side, batch: number): Promise<ReadClips> {
    const indices = itemAt(batches, batch);
    const [features, known] = await Promise.all([
      clips === 'batch' ? this.#targetFeatures(indices, batch) : readFeatures(data, indices),
      this.source.caches.get(clipsKey(clips))?.read(indices),
    ]);
    const mixture =
      clips === 'batch'
        ? this.source.augmentations?.change(features, itemAt(this.#drawn, batch), this.#augmenting)
        : undefined;
    return { clips, indices, features, known, mixture };
  }

  async #targetFeatures(indices: readonly number[], batch: number): Promise<Tensor> {
    const { augmentations, train } = this.source;
    const drawn = itemAt(this.#drawn, batch);
    const changed = await augmentations?.fromSamples(drawn, train.features.shape, this.#augmenting);
    return changed ?? readFeatures(train, indices);
  }

  /** What augmentations draw from in the epoch. */
  get #augmenting(): Random {
    return new Random(this.source.seed).fork('augmentation').fork(`epoch ${this.epoch}`);
  }

  async #feeds({ batch, sides }: ReadStep): Promise<Feeds> {
    const { train, auxiliary, programs, objectives } = this.source;
    const [target] = sides;
    const feeds: Record<string, Tensor> = {
      ...this.#clipFeeds,
      [inputNames.labels]: gatherLabels(train.labels, target.indices),
      ...mixtureFeeds(target, train.labels),
    };
    const draws = new Draws(this.#random.fork(`epoch ${this.epoch} batch ${batch}`));
    for (const side of sides) {
      feeds[inputNames.features(side.clips)] = side.features;
      Object.assign(feeds, await this.#frozen(side, draws));
    }
    for (const [task, labels] of Object.entries(train.groups ?? {})) {
      feeds[inputNames.classes('batch', task)] = gatherLabels(labels, target.indices);
    }
    for (const { clips, indices } of sides) {
      if (clips === 'batch') continue;
      const { labels } = fieldOf(auxiliary, clips.task);
      feeds[inputNames.classes(clips, clips.task)] = gatherLabels(labels, indices);
    }
    const progress = (this.epoch - 1 + batch / this.count) / this.source.epochs;
    const ofObjectives = objectiveFeeds(objectives, (name) => ({
      progress,
      clips: target.indices.length,
      random: (purpose) => draws.of(purpose, name),
    }));
    return inputsOf(programs.train, Object.assign(feeds, ofObjectives));
  }

  async #frozen({ clips, known, features }: ReadClips, draws: Draws): Promise<Record<string, Tensor>> {
    const key = clipsKey(clips);
    const answers = known && (await this.source.caches.get(key)?.complete(known, features));
    const shuffled = this.source.programs.frozen.get(key)?.shuffled;
    return frozenFeeds(answers ?? {}, shuffled, (name) => draws.of('shuffled', name));
  }
}

/** The labels of the clips that were mixed in, and the shares of the clips themselves. */
function mixtureFeeds({ mixture, indices }: ReadClips, labels: Int32Array): Record<string, Tensor> {
  if (mixture === undefined) return {};
  const others = mixture.partners.map((partner) => itemAt(indices, partner));
  return {
    [inputNames.otherLabels]: gatherLabels(labels, others),
    [inputNames.shares]: { type: 'float32', dims: [indices.length], data: mixture.shares },
  };
}

/** Streams of random numbers for one step: for each purpose and objective another. */
class Draws {
  readonly #first = new Map<string, string>();

  constructor(private readonly random: Random) {}

  of(purpose: string, name: string): Random {
    const first = this.#first.get(purpose) ?? name;
    this.#first.set(purpose, first);
    // The first draws as a single one does; the others must not draw the same.
    return this.random.fork(first === name ? purpose : `${purpose} ${name}`);
  }
}

function addTo(
  sums: Sums,
  { train, programs }: BatchSource,
  indices: readonly number[],
  { outputs, learningRate }: Pick<StepResult<StepOutput>, 'outputs' | 'learningRate'>,
): void {
  const logits = float32Of(outputs.logits);
  const classes = itemAt(outputs.logits.dims, 1);
  sums.clips += indices.length;
  sums.learningRate = learningRate;
  sums.crossEntropy += scalarOf(outputs.crossEntropy) * indices.length;
  for (const [row, index] of indices.entries()) {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    if (argmax(scores) === train.labels[index]) sums.correct++;
  }
  for (const [name, output] of Object.entries(programs.measures)) {
    sums.objectives[name] =
      (sums.objectives[name] ?? 0) + scalarOf(fieldOf(outputs, output)) * indices.length;
  }
}

/** The part of all clips that a batch has. */
function shareOf(own: readonly number[], all: readonly (readonly number[])[]): number {
  return own.length / sum(all.map(({ length }) => length));
}

function scalarOf(tensor: Tensor): number {
  return itemAt(float32Of(tensor), 0);
}
