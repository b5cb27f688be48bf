import { adam, type Device, Random, TrainingSession } from 'onnx-autograd';
import { memoryFeatures } from '../data/features/store/clip-features.js';
import { answerCaches, namedFrozenPrograms } from '../learning/training/answer-caches.js';
import { type BatchSource, EpochBatches } from '../learning/training/batches.js';
import { type Dataset, labelled } from '../learning/training/dataset.js';
import { emptySums } from '../learning/training/progress.js';
import type { FrozenName, SessionPrograms, StepSession } from '../learning/training/session.js';
import { itemAt } from '../lookup.js';
import { CLASSES, programsOf, type StepSettings } from './settings.js';

export interface StepTiming {
  /** What computed. */
  readonly device: Device;
  /** Median over the steps. */
  readonly msPerStep: number;
  readonly msPerStepMin: number;
  /** The process's memory at its highest, building and compiling included. */
  readonly peakRssMiB: number;
  /** The same when nothing was built yet: Node and the libraries. */
  readonly idleRssMiB: number;
  /** The same when everything was compiled and no step taken: programs and the first weights are in it. */
  readonly compiledRssMiB: number;
}

/**
 * Times training steps on noise, exactly as a training takes them: batch, frozen network, forward, backward, Adam.
 *
 * @throws UserError when the tap does not exist.
 * @throws DeviceUnavailableError when the device cannot be had here.
 */
export async function timeSteps(settings: StepSettings): Promise<StepTiming> {
  const idleRssMiB = rssMiB();
  const { session, device, source } = await prepare(settings);
  const compiledRssMiB = rssMiB();
  try {
    const times: number[] = [];
    for (let step = 0; step <= settings.steps; step++) {
      const batches = new EpochBatches(source, step + 1);
      const started = performance.now();
      for await (const read of batches.steps(0, 1)) await batches.step(session, read, emptySums());
      if (step > 0) times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    return {
      device,
      msPerStep: round(median(times)),
      msPerStepMin: round(itemAt(times, 0)),
      idleRssMiB,
      compiledRssMiB,
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await session.close();
  }
}

/** What has to be closed. */
interface Closing {
  close(): Promise<void>;
}

/** Everything large that only building needs is left behind here. */
async function prepare(
  settings: StepSettings,
): Promise<{ session: StepSession & Closing; device: Device; source: BatchSource }> {
  const { programs, objectives } = programsOf(settings);
  const { train, frozen, weights } = programs;
  const named: Pick<SessionPrograms, 'train' | FrozenName> = { train, ...namedFrozenPrograms(frozen) };
  const session = await TrainingSession.create({
    programs: named,
    weights,
    optimizer: adam({ learningRate: 5e-5 }),
    threads: settings.threads,
    ...(settings.device && { device: settings.device }),
    // A thread of its own would add its own memory to what is measured.
    thread: 'inline',
  });
  const clips = noise(settings);
  const memory = { frozenCacheMiB: settings.cached ? Number.POSITIVE_INFINITY : 0, frozenScratchMiB: 0 };
  const source = {
    programs: { ...programs, weights: {} },
    objectives,
    classes: CLASSES,
    train: clips,
    auxiliary: {},
    caches: answerCaches(session, programs, { train: clips, validation: clips }, memory).byClips,
    batch: settings.batch,
    epochs: 1,
    seed: 1,
  };
  return { session, device: session.device, source };
}

/** One batch. */
function noise({ batch, input }: StepSettings): Dataset {
  const random = new Random(3);
  const size = input.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: batch * size }, () => random.normal());
  return labelled(
    memoryFeatures(input, data),
    Int32Array.from({ length: batch }, (_, clip) => clip % CLASSES),
  );
}

function rssMiB(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = itemAt(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (itemAt(sorted, middle - 1) + upper) / 2;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
