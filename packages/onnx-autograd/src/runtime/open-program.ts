import type { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import { dropoutMask } from '../programs/dropout.js';
import { bindFeeds, type Feeds, resolveShape } from '../programs/feeds.js';
import type { FeedsOf, OutputsOf, Program, TrainingProgram } from '../programs/program.js';
import { Random } from '../random.js';
import type { ElementType, Tensor } from '../tensor.js';
import type { DeviceChoice } from './device.js';
import { openDevice } from './open.js';
import type { Executable, HeldTensor, OpenDevice, Runtime } from './runtime.js';

/**
 * How a graph, a program or a model is opened.
 *
 * @experimental
 */
export interface OpenOptions {
  /** Of a program: the values of the weights that it is fed. None is moved. */
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** Of a training program: from which its dropout masks are drawn. Default 0. */
  readonly seed?: number;
  /** Threads inside one operator; all cores when absent. */
  readonly threads?: number;
  /** What computes; `cpu` when absent. */
  readonly device?: DeviceChoice;
  /** A folder that keeps compiled programs, so that each is compiled once; made when it does not exist. */
  readonly compiledCache?: string;
}

/**
 * A graph that is compiled and can be run as often as one likes. It blocks its thread while the processor computes.
 *
 * @experimental
 */
export interface OpenProgram<P extends Program = Program> {
  /** Names of what must be fed. */
  readonly inputs: readonly string[];
  /** Keys of what is computed. */
  readonly outputs: readonly string[];
  /**
   * Runs it.
   *
   * @throws GraphError when a feed does not fit; it names the input, what was given and what is wanted.
   */
  run(feeds: FeedsOf<P>): Promise<OutputsOf<P>>;
  /** Frees its memory. */
  close(): Promise<void>;
}

/** What is compiled, and what is told by it of its inputs and outputs. */
interface Opened {
  readonly executable: Executable;
  readonly program: Pick<Program, 'outputs'> & Partial<Pick<TrainingProgram, 'inputs' | 'masks'>>;
}

/** Opens a graph, a program or the bytes of a model on a platform. */
export async function openProgramOn<P extends Program>(
  runtime: Runtime,
  what: Graph | P | Uint8Array,
  options: OpenOptions = {},
  trace?: string,
): Promise<OpenProgram<P>> {
  const { weights = {}, seed = 0, threads, compiledCache } = options;
  const device = await openDevice(runtime, options.device, {
    ...(threads !== undefined && { threads }),
    ...(compiledCache !== undefined && { compiledCache }),
  });
  const held = 'weights' in what ? weightsFor(what, weights) : {};
  const { executable, program } = await openOn(device, what, trace);
  const random = new Random(seed);
  const keys = Object.entries(program.outputs);
  // What is measured is the whole, and ONNX Runtime wants to be asked for something.
  const isWhole = trace !== undefined || keys.length === 0;
  const names = isWhole ? executable.outputs : keys.map(([, name]) => name);
  const run = async (feeds: Feeds): Promise<Record<string, Tensor>> => {
    const masks = program.inputs
      ? drawMasks(program, bindFeeds({ inputs: program.inputs }, feeds), random)
      : {};
    if (!program.inputs) checkNames(executable.inputs, feeds);
    const results = await executable.run({ ...held, ...feeds, ...masks }, names);
    return Object.fromEntries(keys.map(([key, name]) => [key, tensorOf(results[name] as HeldTensor)]));
  };
  return {
    inputs: program.inputs?.map(({ name }) => name) ?? executable.inputs,
    outputs: keys.map(([key]) => key),
    // Its keys are those of the program's outputs.
    run: (feeds) => run(feeds) as Promise<OutputsOf<P>>,
    close: () => executable.release(),
  };
}

async function openOn(
  device: OpenDevice,
  what: Graph | Program | Uint8Array,
  trace?: string,
): Promise<Opened> {
  const traced = trace === undefined ? {} : { trace };
  if (what instanceof Uint8Array) {
    const executable = await device.compile(what, traced);
    return { executable, program: { outputs: byThemselves(executable.outputs) } };
  }
  if (!('graph' in what)) {
    const inputs = what.inputs.map((input) => {
      const { name, type, knownShape: shape } = input;
      return { name, type, shape, ...what.labelsOf(input) };
    });
    const outputs = byThemselves(what.outputs.map(({ name }) => name));
    return { executable: await device.compile(what, traced), program: { inputs, outputs } };
  }
  const fedWeights = what.weights.length > 0;
  const executable = await device.compile(what.graph, { fedWeights, ...traced });
  return { executable, program: what };
}

function byThemselves(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

function weightsFor(program: Program, weights: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const entries = program.weights.map((name) => {
    const tensor = weights[name];
    if (tensor !== undefined) return [name, tensor] as const;
    throw new GraphError(`The program is fed the weight "${name}", which is not among those given.`);
  });
  return Object.fromEntries(entries);
}

function drawMasks(
  { masks = [] }: Pick<Opened['program'], 'masks'>,
  sizes: ReadonlyMap<string, number>,
  random: Random,
): Record<string, Tensor> {
  const drawn = masks.map(
    ({ name, shape, keep }) =>
      [name, dropoutMask(resolveShape(shape, sizes, `The dropout mask "${name}"`), keep, random)] as const,
  );
  return Object.fromEntries(drawn);
}

/** Of a model's inputs only the names are known; ONNX Runtime checks the rest. */
function checkNames(names: readonly string[], feeds: Feeds): void {
  const missing = names.find((name) => feeds[name] === undefined);
  if (missing !== undefined) throw new GraphError(`The input "${missing}" is missing.`);
  const unknown = Object.keys(feeds).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new GraphError(`There is no input "${unknown}"; inputs are ${names.join(', ')}.`);
  }
}

function tensorOf({ type, dims, data }: HeldTensor): Tensor {
  return { type: type as ElementType, dims: [...dims], data: data as Float32Array };
}
