import { type Device, type DeviceChoice, sizeAt, type Tensor, TrainingSession } from 'onnx-autograd';
import type { Augmentation } from '../augmentations/definition.js';
import { lastConvolution, type Network } from '../networks/network.js';
import type { Objective } from '../objectives/objective.js';
import { optimizerOf } from '../optimizers/registry.js';
import { answerCaches, namedFrozenPrograms } from './answer-caches.js';
import { Augmentations, type ClipSound } from './augment.js';
import { type BatchSource, EpochBatches } from './batches.js';
import { Checkpoints } from './checkpoints.js';
import { chosenBy, requireChoosable } from './choosable.js';
import { type Dataset, sizeOf } from './dataset.js';
import { DwarfedEntropy, requireFinite } from './divergence.js';
import type { EpochMetrics } from './epoch-metrics.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { type FitExecution, fitExecution } from './execution.js';
import { trainingFingerprint } from './fingerprint.js';
import { buildPrograms, type Observation } from './programs.js';
import { beginning, emptySums, isOver, type Sums, type TrainingProgress, updateBest } from './progress.js';
import { requireClips } from './require-clips.js';
import { learningRateSchedule } from './schedule.js';
import type { SessionPrograms } from './session.js';
import type { TrainingSettings } from './settings.js';
import { measurePenalty, validationPenaltyOf } from './validation-penalty.js';

/** What is trained, on which clips, and who is told of it. */
export interface FitOptions {
  /** The network to be trained, with its first weights. It is left as it is. */
  readonly network: Network;
  /** What joins the cross-entropy; see {@link antiTransfer}. */
  readonly objectives?: readonly Objective[];
  /** The taps whose maps answers on validation clips hold; the last one, after its activation, when absent. */
  readonly observe?: readonly Observation[];
  /** The validation clips whose maps they hold, in ascending order; all when absent. */
  readonly observeClips?: readonly number[];
  /** First values of weights by name; the network's own where absent. */
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly train: Dataset;
  /** What is done to its clips in each epoch anew, in this order, of samples first; frozen networks are asked about what comes out. */
  readonly augmentations?: readonly Augmentation[];
  /** Of its clips, in the same order: for augmentations that change samples. */
  readonly sound?: ClipSound;
  readonly validation: Dataset;
  /** The clips of orthogonal tasks that objectives look at, labelled by the task, by its name. */
  readonly auxiliary?: Readonly<Record<string, Dataset>>;
  readonly settings: TrainingSettings;
  /** How this machine carries it out; no number depends on it. */
  readonly execution?: Partial<FitExecution>;
  readonly seed: number;
  /** What computes; the processor when absent. Another device rounds otherwise: a training on it is another one. */
  readonly device?: DeviceChoice;
  /**
   * Where checkpoints are kept, a folder for each training; one that finds its own there continues it, one that finds
   * another's is refused. Nothing is kept when absent.
   */
  readonly folder?: string;
  /**
   * Names all that the training's numbers depend on; made from settings, networks and clips when absent, for which all
   * features are read once.
   */
  readonly identity?: string;
  readonly thread?: 'worker' | 'inline';
  /** A folder that keeps compiled programs for later trainings of the same shape. */
  readonly compiledCache?: string;
  /** Once aborted, a checkpoint is written and the training ends with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every batch. */
  readonly onBatch?: (progress: BatchProgress) => void;
  /** Called after every epoch, also with those before it; the training goes on when its promise is fulfilled. */
  readonly onEpoch?: (metrics: EpochMetrics, epochs: readonly EpochMetrics[]) => void | Promise<void>;
  /**
   * Told what the network answers on the validation clips after each epoch, before the epoch counts as done: what is
   * stored of it then is there wherever the training continues. An epoch that is continued is told again.
   */
  readonly onValidation?: (epoch: number, evaluation: Evaluation) => void | Promise<void>;
  /** What else is measured of the validation clips after each epoch, by name. */
  readonly measures?: Readonly<Record<string, (evaluation: Evaluation) => number>>;
}

/** How far a training is within its epoch. */
export interface BatchProgress {
  /** From 1. */
  readonly epoch: number;
  /** Batches of this epoch that are done, of `batches`. */
  readonly batch: number;
  readonly batches: number;
  /** Of the last batch's step. */
  readonly milliseconds: number;
  /** Of the last batch, before its step. */
  readonly crossEntropy: number;
}

/** A trained network. The session holds the chosen epoch's weights until it is closed. */
export interface Fit {
  readonly session: TrainingSession<SessionPrograms>;
  /** The chosen epoch's weights by name. */
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly bestEpoch: number;
  readonly epochs: readonly EpochMetrics[];
  readonly seconds: number;
}

/**
 * Trains a network: epochs, validation, choice of the best model, early stopping, checkpoints.
 *
 * ```ts
 * const penalty = antiTransfer({ orthogonal: speakers, tap: 'conv4_2', similarity: 'correlation', beta: 10 });
 * const { weights, session } = await fit({ network, objectives: [penalty], train, validation, settings, seed: 1 });
 * await session.close();
 * ```
 *
 * @throws UserError when an objective does not fit the network or its clips are missing, or the folder holds another
 *   training.
 * @throws DivergedError when the network's answers on validation clips become NaN or infinite, or the loss does where its
 *   terms dwarf the cross-entropy.
 * @throws NonFiniteLossError when the loss becomes NaN or infinite; the folder keeps the last good checkpoint.
 */
export async function fit(options: FitOptions): Promise<Fit> {
  const { settings, network, objectives = [], auxiliary = {}, augmentations = [] } = options;
  requireChoosable(options.validation, settings.choose);
  requireClips(objectives, options.train, auxiliary, settings.batch);
  const augmenting = new Augmentations(augmentations, options.sound);
  const execution = fitExecution.parse(options.execution ?? {});
  const programs = buildPrograms(network, {
    objectives,
    mixesLabels: augmenting.mixesLabels,
    seed: options.seed,
    observe: options.observe ?? [{ tap: lastConvolution(network), position: 'after' }],
    freeze: settings.freeze,
    recompute: settings.recompute,
    convolutions: settings.convolutions,
  });
  const batches = Math.ceil(sizeOf(options.train) / settings.batch);
  const { train, evaluate: evaluation, frozen } = programs;
  const penalty =
    settings.choose === 'validation-loss-and-penalty'
      ? validationPenaltyOf(network, objectives, settings.convolutions)
      : undefined;
  const named: SessionPrograms = {
    train,
    evaluate: evaluation,
    ...namedFrozenPrograms(frozen, penalty?.frozen),
    ...(penalty && { 'penalty.validation': penalty.program }),
  };
  const given = Object.entries(options.weights ?? {}).filter(([name]) => name in programs.weights);
  const session = await TrainingSession.create({
    programs: named,
    weights: { ...programs.weights, ...Object.fromEntries(given) },
    optimizer: { ...optimizerOf(settings), rates: settings.rates },
    schedule: learningRateSchedule(settings, batches),
    ...(settings.clipNorm !== null && { clipNorm: settings.clipNorm }),
    seed: options.seed,
    ...(execution.threads !== null && { threads: execution.threads }),
    ...(options.device && { device: options.device }),
    ...(options.thread && { thread: options.thread }),
    ...(options.compiledCache && { compiledCache: options.compiledCache }),
  });
  const caches = answerCaches(session, { frozen, validated: penalty?.frozen }, options, execution);
  try {
    const classes = sizeAt(network.logits, 1);
    const batched = { classes, programs, objectives, auxiliary, caches: caches.byClips };
    const source = { ...options, ...batched, augmentations: augmenting };
    const answers = caches.validation;
    const measured = penalty && answers && (() => measurePenalty(session, penalty, answers, options));
    const checkpoints = await checkpointsOf(options, session.device);
    const training = new Training(session, { ...options, execution }, source, checkpoints, measured);
    await training.resume();
    return await training.run();
  } catch (error) {
    await session.close();
    throw error;
  } finally {
    await caches.close();
  }
}

async function checkpointsOf(options: FitOptions, device: Device): Promise<Checkpoints | undefined> {
  const { folder, identity } = options;
  if (folder === undefined) return undefined;
  return new Checkpoints(folder, identity ?? (await trainingFingerprint({ ...options, device })));
}

/** One training under way. */
class Training {
  #progress: TrainingProgress = beginning;
  #best: Readonly<Record<string, Tensor>> | undefined;
  #saved = performance.now();
  #counted = performance.now();
  readonly #dwarfed: DwarfedEntropy;

  constructor(
    readonly session: TrainingSession<SessionPrograms>,
    readonly options: FitOptions & { readonly execution: FitExecution },
    readonly source: Omit<BatchSource, 'batch' | 'epochs'>,
    readonly checkpoints: Checkpoints | undefined,
    /** What penalties add to the loss on validation clips, where they have a say in which epoch is chosen. */
    readonly penalty: (() => Promise<number>) | undefined,
  ) {
    this.#dwarfed = new DwarfedEntropy(source.objectives, source.classes);
  }

  /** Continues from the folder's checkpoint, when there is one. */
  async resume(): Promise<void> {
    const found = await this.checkpoints?.load();
    if (found === undefined) return;
    await this.session.restore(found.snapshot);
    this.#progress = found.progress;
    this.#best = found.best?.weights;
  }

  async run(): Promise<Fit> {
    const { settings } = this.options;
    try {
      while (!isOver(this.#progress, settings)) await this.#epoch();
    } catch (error) {
      throw this.#dwarfed.explain(error);
    }
    const weights = this.#best ?? (await this.session.weights());
    await this.session.setWeights(weights);
    const { best, epochs, seconds } = this.#progress;
    return { session: this.session, weights, bestEpoch: best?.epoch ?? 0, epochs, seconds };
  }

  async #epoch(): Promise<void> {
    const { options } = this;
    const { epoch } = this.#progress;
    const { batch, epochs, accumulate = 1 } = options.settings;
    const plan = new EpochBatches({ ...this.source, batch, epochs }, epoch);
    const sums = structuredClone(this.#progress.sums);
    for await (const read of plan.steps(this.#progress.batch, accumulate)) {
      const [{ batch: begun }] = read;
      await this.#checkpointIfDue(begun, sums);
      const { loss, ...measured } = await plan.step(this.session, read, sums);
      if (epoch === 1) this.#dwarfed.see(loss, measured.crossEntropy);
      options.onBatch?.({ epoch, batch: begun + read.length, batches: plan.count, ...measured });
    }
    const metrics = await this.#measure(epoch, sums);
    await this.#finish(metrics);
    await options.onEpoch?.(metrics, this.#progress.epochs);
  }

  async #checkpointIfDue(batch: number, sums: Sums): Promise<void> {
    const { signal, execution } = this.options;
    const due = (performance.now() - this.#saved) / 1000 > execution.checkpointSeconds;
    if (!signal?.aborted && !due) return;
    this.#advance({ batch, sums: structuredClone(sums) });
    await this.#save();
    signal?.throwIfAborted();
  }

  /** Adds the seconds since it was last called. */
  #advance(change: Partial<TrainingProgress>): void {
    const now = performance.now();
    const seconds = this.#progress.seconds + (now - this.#counted) / 1000;
    this.#counted = now;
    this.#progress = { ...this.#progress, ...change, seconds };
  }

  async #measure(epoch: number, sums: Sums): Promise<EpochMetrics> {
    const { validation, settings, measures = {}, observeClips, onValidation } = this.options;
    const evaluation = await evaluate(this.session, validation, settings.batch, observeClips);
    if (sizeOf(validation) > 0) requireFinite(evaluation, { clips: 'validation', epoch, settings });
    await onValidation?.(epoch, evaluation);
    const mean = (total: number) => total / sums.clips;
    return {
      epoch,
      learningRate: sums.learningRate,
      train: {
        crossEntropy: mean(sums.crossEntropy),
        accuracy: mean(sums.correct),
        objectives: Object.fromEntries(
          Object.entries(sums.objectives).map(([name, total]) => [name, mean(total)]),
        ),
      },
      validation: await this.#validation(evaluation),
      measures: Object.fromEntries(
        Object.entries(measures).map(([name, measure]) => [name, measure(evaluation)]),
      ),
      seconds: sums.seconds,
    };
  }

  async #validation(evaluation: Evaluation): Promise<EpochMetrics['validation']> {
    const { settings, validation } = this.options;
    return {
      crossEntropy: evaluation.crossEntropy,
      accuracy: evaluation.accuracy,
      ...chosenBy(settings.choose, validation, evaluation),
      ...(this.penalty && { penalty: await this.penalty() }),
    };
  }

  async #finish(metrics: EpochMetrics): Promise<void> {
    const { epoch } = metrics;
    const best = updateBest(this.#progress.best, metrics, this.options.settings.choose);
    if (best.epoch === epoch) {
      const snapshot = await this.session.snapshot();
      this.#best = snapshot.weights;
      await this.checkpoints?.saveBest(epoch, { ...snapshot, optimizer: {} });
    }
    const epochs = [...this.#progress.epochs, metrics];
    this.#advance({ epoch: epoch + 1, batch: 0, sums: emptySums(), epochs, best });
    await this.#save();
  }

  async #save(): Promise<void> {
    await this.checkpoints?.save(await this.session.snapshot(), this.#progress);
    this.#saved = performance.now();
  }
}
