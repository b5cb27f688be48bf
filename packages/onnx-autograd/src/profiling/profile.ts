import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor as RuntimeTensor } from 'onnxruntime-node';
import { Graph } from '../building/graph.js';
import { writeOnnx } from '../onnx/write.js';
import { dropoutMask } from '../programs/dropout.js';
import { bindFeeds, type Feeds, resolveShape } from '../programs/feeds.js';
import type { Program, TrainingProgram } from '../programs/program.js';
import { Random } from '../random.js';
import { nodeRuntime } from '../runtime/node/runtime.js';
import { sessionOptions } from '../runtime/session-options.js';
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
 */
export async function profileProgram(options: ProfileOptions): Promise<Profile> {
  const { program, feeds } = options;
  const sizes = bindFeeds(program, feeds);
  const direct = Object.entries(program.operations).map(
    ([layer, shape]) => [layer, elementCount(resolveShape(shape, sizes))] as const,
  );
  return summarize(await executedRuns(options), attributionIn(program.model), new Map(direct));
}

/** Every node of every run that is measured. */
export async function executedRuns(options: ProfileOptions): Promise<ExecutedRun[]> {
  const { program, weights, feeds } = options;
  const sizes = bindFeeds(program, feeds);
  const held = program.weights.map((name) => [name, weights[name] as Tensor]);
  const random = new Random(1);
  const masks = ('masks' in program ? program.masks : []).map(
    ({ name, shape, keep }) => [name, dropoutMask(resolveShape(shape, sizes), keep, random)] as const,
  );
  const all = { ...feeds, ...Object.fromEntries(held), ...Object.fromEntries(masks) };
  return runs(program.model, all, program.weights.length > 0, options);
}

/**
 * How fast this machine multiplies large matrices through the same runtime, in GFLOP/s: what the speed of a layer can be
 * compared with.
 *
 * @param size rows and columns of both factors.
 */
export async function matrixProductSpeed(
  options: Pick<ProfileOptions, 'threads' | 'runs'> = {},
  size = 2048,
): Promise<number> {
  const graph = new Graph('product');
  const ones = float32(new Float32Array(size * size).fill(1), [size, size]);
  const [a, b] = ['a', 'b'].map((name) => graph.input(name, [size, size]));
  graph.output(graph.apply('MatMul', [a, b]));
  const model = writeOnnx(graph);
  const measured = await runs(model, { a: ones, b: ones }, true, options);
  const [product] = summarize(measured, attributionIn(model)).operators;
  return product?.gigaflopsPerSecond ?? Number.NaN;
}

async function runs(
  model: Uint8Array,
  feeds: Feeds,
  fedWeights: boolean,
  { threads, runs: count = 5 }: Pick<ProfileOptions, 'threads' | 'runs'>,
): Promise<ExecutedRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'onnx-autograd-profile-'));
  try {
    const runtime = await nodeRuntime.load(['cpu'], {});
    const options = {
      ...sessionOptions(threads === undefined ? {} : { threads }, fedWeights),
      executionProviders: ['cpu'],
      enableProfiling: true,
      profileFilePrefix: join(folder, 'trace'),
    };
    const session = await runtime.InferenceSession.create(model, options, fedWeights);
    try {
      const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
        name,
        new RuntimeTensor(type as 'float32', data as Float32Array, dims),
      ]);
      for (let run = 0; run <= count; run++) await session.run(Object.fromEntries(tensors));
      session.endProfiling();
    } finally {
      await session.release();
    }
    const [file] = await readdir(folder);
    return readTrace(await readFile(join(folder, file as string), 'utf8')).slice(1);
  } finally {
    await rm(folder, { recursive: true });
  }
}
