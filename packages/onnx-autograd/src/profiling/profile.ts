import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceUnavailableError } from '../errors.js';
import { sizeOf } from '../graph/derived-size.js';
import { ProgramBuilder } from '../programs/builder.js';
import { bindFeeds, type Feeds } from '../programs/feeds.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import type { DeviceChoice } from '../runtime/device.js';
import { findDevice } from '../runtime/node/find-device.js';
import { nodeRuntime } from '../runtime/node/runtime.js';
import { type OpenOptions, openProgramOn } from '../runtime/open-program.js';
import { elementCount, float32, type Tensor } from '../tensor.js';
import { attributionIn } from './attribution.js';
import { type Profile, summarize } from './summary.js';
import { type ExecutedRun, readTrace } from './trace.js';

/** What {@link profileProgram} measures. */
export interface ProfileOptions {
  /** The program to run; one without a loss has a forward pass alone. */
  readonly program: Program | TrainingProgram;
  /** Values of the weights; none is moved. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The batch, as a session is fed. */
  readonly feeds: Feeds;
  /** Threads inside one operator; all cores when absent. */
  readonly threads?: number;
  /** What computes; `cpu` when absent. A device beside it must tell how long each node took, as WebGPU does. */
  readonly device?: DeviceChoice;
  /** Runs that are measured, after one that is not; the one of median duration is shown. Default 5. */
  readonly runs?: number;
}

/**
 * Runs a program and says where its time goes: by layer and phase (forward, gradient of the input, gradient of the
 * filter), and by operator. The optimizer is no part of a program. Measuring costs a few microseconds a node.
 *
 * ```ts
 * const profile = await profileProgram({ program: train, weights, feeds: { x, labels } });
 * for (const { layer, forward } of profile.layers) console.log(layer, forward?.gigaflopsPerSecond);
 * ```
 *
 * @throws GraphError when a feed does not fit.
 * @throws DeviceUnavailableError when the device cannot be had here, or does not tell how long its operators take.
 */
export async function profileProgram(options: ProfileOptions): Promise<Profile> {
  const { program, feeds } = options;
  const sizes = bindFeeds(program, feeds);
  // A part of the batch that is computed again has a size that its own nodes compute; it is no layer of the forward pass.
  const direct = Object.entries(program.operations).flatMap(([layer, shape]) => {
    const known = shape.map((size) => sizeOf(size, sizes)).filter((size) => size !== undefined);
    return known.length === shape.length ? [[layer, elementCount(known)] as const] : [];
  });
  return summarize(await executedRuns(options), attributionIn(program.graph), new Map(direct));
}

/** Every node of every run that is measured. */
export function executedRuns({
  program,
  weights,
  feeds,
  ...options
}: ProfileOptions): Promise<ExecutedRun[]> {
  return runs(program, feeds, { ...options, weights });
}

/**
 * How fast this machine multiplies large matrices through the same runtime, in GFLOP/s: what the speed of a layer can be
 * compared with.
 *
 * @param size rows and columns of both factors.
 * @throws as {@link profileProgram}
 */
export async function matrixProductSpeed(
  options: Pick<ProfileOptions, 'threads' | 'runs' | 'device'> = {},
  size = 2048,
): Promise<number> {
  const builder = new ProgramBuilder();
  const ones = float32(new Float32Array(size * size).fill(1), [size, size]);
  const [a, b] = ['a', 'b'].map((name) => builder.graph.input(name, [size, size]));
  const program = builder.program({ product: builder.graph.apply('MatMul', [a, b]) });
  const measured = await runs(program, { a: ones, b: ones }, options);
  const [product] = summarize(measured, attributionIn(program.graph)).operators;
  return product?.gigaflopsPerSecond ?? Number.NaN;
}

async function runs(
  program: Program | TrainingProgram,
  feeds: Feeds,
  { runs: count = 5, device: choice = 'cpu', ...options }: OpenOptions & Pick<ProfileOptions, 'runs'>,
): Promise<ExecutedRun[]> {
  const device = choice === 'auto' ? await findDevice(choice) : choice;
  const folder = await mkdtemp(join(tmpdir(), 'onnx-autograd-profile-'));
  try {
    const open = await openProgramOn(nodeRuntime, program, { ...options, device }, join(folder, 'trace'));
    try {
      for (let run = 0; run <= count; run++) await open.run(feeds);
    } finally {
      await open.close();
    }
    const [file] = await readdir(folder);
    const executed = readTrace(await readFile(join(folder, file as string), 'utf8')).slice(1);
    // What is known else is how long it took to hand a node to the device, which would be shown as its speed.
    if (device === 'cpu' || executed.every(({ isTimedOnCard }) => isTimedOnCard)) return executed;
    throw new DeviceUnavailableError(
      `The device "${device}" does not tell here how long each operator takes: where its time goes cannot be shown. Whole ` +
        'steps can be timed on it.',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
