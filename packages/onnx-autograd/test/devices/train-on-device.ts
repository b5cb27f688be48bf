import { crossEntropy } from '../../src/building/losses/index.js';
import { adam } from '../../src/optimizers/adam.js';
import type { OptimizerSettings } from '../../src/optimizers/optimizer.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import type { Feeds } from '../../src/programs/feeds.js';
import { Random } from '../../src/random.js';
import type { DeviceChoice } from '../../src/runtime/device.js';
import type { Session, SessionOptions } from '../../src/sessions/session.js';
import { readSnapshot, type Snapshot, snapshotTensors, writeSnapshot } from '../../src/sessions/snapshot.js';
import { float32, int64, type Tensor } from '../../src/tensor.js';
import { convolutionalNetwork } from './network.js';

/** What a training says of itself, as plain numbers. */
export interface Trained {
  readonly device: string;
  /** In a page: how many threads computed at last. */
  readonly threads: number | undefined;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  /** Weights, running statistics and the optimizer's arrays at the end. */
  readonly end: Readonly<Record<string, readonly number[]>>;
  /** Logits of a batch in evaluation. */
  readonly logits: readonly number[];
  /** The error of a step with a NaN in the batch, and whether that step moved anything. */
  readonly refused: string;
  readonly movedByRefused: boolean;
}

export interface Case {
  readonly optimizer: OptimizerSettings;
  readonly clipNorm?: number;
}

/** One of each optimizer, with all that it can do. */
export const cases: Readonly<Record<string, Case>> = {
  adam: { optimizer: adam({ learningRate: 0.01 }) },
  'adam, decay, clipped': { optimizer: adam({ learningRate: 0.01, weightDecay: 0.1 }), clipNorm: 0.5 },
  adamw: { optimizer: { ...adam({ learningRate: 0.01 }), kind: 'adamw', weightDecay: 0.2 } },
  sgd: { optimizer: sgdOf(0, false) },
  'sgd, momentum, decay': { optimizer: sgdOf(0.9, false) },
  'sgd, nesterov, clipped': { optimizer: sgdOf(0.9, true), clipNorm: 0.5 },
  'adamw, rates of single weights': {
    optimizer: {
      ...adam({ learningRate: 0.01 }),
      kind: 'adamw',
      weightDecay: 0.2,
      rates: { 'c*': 0.1, '*': 0.5 },
    },
  },
  'sgd, rates of single weights': { optimizer: { ...sgdOf(0.9, false), rates: { '*': 0.25 } } },
};

function sgdOf(momentum: number, nesterov: boolean): OptimizerSettings {
  return { kind: 'sgd', learningRate: 0.05, momentum, nesterov, weightDecay: momentum === 0 ? 0 : 0.01 };
}

type Create = (options: SessionOptions) => Promise<Session>;

/** Ten steps of a small convolutional network, half of them after a snapshot was taken and restored elsewhere. */
export async function trainOnDevice(
  create: Create,
  device: DeviceChoice,
  name: string,
  thread: 'worker' | 'inline' = 'inline',
  threads: number | 'tried' = 2,
): Promise<Trained> {
  const asked = threads === 'tried' ? {} : { threads };
  const options = { ...trainingOf(cases[name] as Case), device, thread, ...asked };
  const losses: number[] = [];
  const norms: number[] = [];
  const steps = async (session: Session, from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const { loss, gradientNorm } = await session.step('train', batchOf(i));
      losses.push(loss);
      norms.push(gradientNorm);
    }
  };
  const first = await create(options);
  await steps(first, 0, 5);
  const bytes = writeSnapshot(await first.snapshot());
  await first.close();

  const second = await create({ ...options, weights: zeroed(options.weights) });
  await second.restore(readSnapshot(bytes).snapshot);
  await steps(second, 5, 8);
  // Out and in again: nothing may change.
  await second.setWeights(await second.weights());
  await steps(second, 8, 10);
  const before = await second.snapshot();
  const { x, labels } = batchOf(0) as { x: Tensor; labels: Tensor };
  const broken = { ...x, data: (x.data as Float32Array).map((value, i) => (i === 3 ? Number.NaN : value)) };
  const refused = await second.step('train', { x: broken, labels }).then(
    () => 'no error',
    (error: Error) => error.name,
  );
  const end = numbersOf(await second.snapshot());
  const { logits } = await second.run('evaluate', { x });
  await second.close();
  return {
    device: second.device,
    threads: second.threads,
    losses,
    norms,
    end,
    logits: Array.from(logits?.data as Float32Array),
    refused,
    movedByRefused: JSON.stringify(numbersOf(before)) !== JSON.stringify(end),
  };
}

function numbersOf(snapshot: Snapshot): Record<string, number[]> {
  const entries = Object.entries(snapshotTensors(snapshot)).map(([name, { data }]) => [
    name,
    Array.from(data as Float32Array),
  ]);
  return Object.fromEntries(entries);
}

function zeroed(weights: SessionOptions['weights']): Record<string, Tensor> {
  const entries = Object.entries(weights).map(([name, { dims, data }]) => [
    name,
    float32(new Float32Array(data.length), dims),
  ]);
  return Object.fromEntries(entries);
}

function trainingOf(settings: Case): SessionOptions {
  const network = convolutionalNetwork();
  const [output] = network.outputs;
  const include = (training: boolean) => {
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 2, 8, 8]);
    const copy = builder.include(network, { inputs: { x }, training });
    return { builder, logits: copy.value(output!) };
  };
  const { builder, logits } = include(true);
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const evaluation = include(false);
  return {
    programs: {
      train: builder.trainingProgram(crossEntropy(logits, labels), {}, ['frozen.*']),
      evaluate: evaluation.builder.program({ logits: evaluation.logits }),
    },
    weights: Object.fromEntries(builder.weights),
    ...settings,
  };
}

/** A batch whose classes differ in the direction of their stripes; every third is short. */
function batchOf(step: number): Feeds {
  const random = new Random(50 + step);
  const size = step % 3 === 2 ? 5 : 8;
  const labels = Array.from({ length: size }, () => random.integer(0, 2));
  const data = labels.flatMap((label) =>
    Array.from({ length: 2 * 64 }, (_, i) => {
      const [row, column] = [(i >> 3) & 7, i & 7];
      const place = [row, column, row + column][label] as number;
      return Math.sin(place * 1.5) + 0.3 * random.normal();
    }),
  );
  return { x: float32(data, [size, 2, 8, 8]), labels: int64(labels) };
}
