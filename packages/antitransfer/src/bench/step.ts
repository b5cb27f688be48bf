import { adam, Random, TrainingSession } from 'onnx-autograd';
import { buildNetwork, type NetworkName } from '../networks/registry.js';
import type { AggregationName } from '../penalties/aggregations.js';
import { antiTransfer, type Penalty } from '../penalties/penalty.js';
import type { SimilarityName } from '../penalties/similarities.js';
import { type BatchSource, EpochBatches } from '../training/batches.js';
import type { Dataset } from '../training/dataset.js';
import { FrozenMemory } from '../training/frozen.js';
import { buildPrograms } from '../training/programs.js';
import { emptySums } from '../training/progress.js';

/** Which training step is timed. The head is the mean over time and frequency, and one linear layer. */
export interface StepSettings {
  readonly model: NetworkName;
  /** Multiplies the number of channels. */
  readonly width: number;
  /** `[channels, frames, bins]` of one clip. */
  readonly input: readonly [number, number, number];
  readonly batch: number;
  readonly tap: string;
  readonly aggregation: AggregationName;
  readonly similarity: SimilarityName;
  /** Steps that are timed, after one that is not. */
  readonly steps: number;
  readonly threads: number;
  /** What the frozen network says is known before the timed steps, as from the second epoch on. */
  readonly cached: boolean;
  /** Without a penalty. */
  readonly plain: boolean;
}

export interface StepTiming {
  /** Median over the steps. */
  readonly msPerStep: number;
  readonly msPerStepMin: number;
  /** The process's memory at its highest, building and compiling included. */
  readonly peakRssMiB: number;
}

const CLASSES = 10;

/**
 * Times training steps on noise, exactly as a training takes them: batch, frozen network, forward, backward, Adam.
 *
 * @throws UserError when the tap does not exist.
 */
export async function timeSteps(settings: StepSettings): Promise<StepTiming> {
  const { session, source } = await prepare(settings);
  try {
    const memory = new FrozenMemory(session, settings.cached ? Number.POSITIVE_INFINITY : 0);
    const times: number[] = [];
    for (let step = 0; step <= settings.steps; step++) {
      const batches = new EpochBatches(source, step + 1);
      const started = performance.now();
      await batches.step(session, memory, 0, emptySums());
      if (step > 0) times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    return {
      msPerStep: round(median(times)),
      msPerStepMin: round(times[0] as number),
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await session.close();
  }
}

/** Everything large that only building needs is left behind here. */
async function prepare(settings: StepSettings): Promise<{ session: TrainingSession; source: BatchSource }> {
  const { model, tap, batch } = settings;
  const network = buildNetwork(model, networkOptions(settings, 1));
  const penalties = settings.plain ? [] : [penaltyOf(settings)];
  const programs = buildPrograms(network, { penalties, observe: { tap, position: 'after' } });
  const { train, frozen, weights } = programs;
  const session = await TrainingSession.create({
    programs: { train, ...(frozen && { frozen }) },
    weights,
    optimizer: adam({ learningRate: 5e-5 }),
    threads: settings.threads,
    // A thread of its own would add its own memory to what is measured.
    thread: 'inline',
  });
  const source = {
    programs: { ...programs, weights: {} },
    penalties,
    train: noise(settings),
    batch,
    seed: 1,
  };
  return { session, source };
}

function networkOptions({ input, width }: StepSettings, seed: number) {
  return { classes: CLASSES, input, width, head: 'pooled', random: new Random(seed) } as const;
}

function penaltyOf(settings: StepSettings): Penalty {
  const { model, tap, aggregation, similarity } = settings;
  const orthogonal = buildNetwork(model, networkOptions(settings, 2));
  return antiTransfer({ orthogonal, tap, aggregation, similarity });
}

/** One batch. */
function noise({ batch, input }: StepSettings): Dataset {
  const random = new Random(3);
  const size = input.reduce((a, b) => a * b, 1);
  return {
    shape: input,
    features: Float32Array.from({ length: batch * size }, () => random.normal()),
    labels: Int32Array.from({ length: batch }, (_, clip) => clip % CLASSES),
  };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
