import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conv, relu } from '../../building/expressions.js';
import { Graph } from '../../building/graph.js';
import type { Value } from '../../graph/value.js';
import { readOnnx } from '../../onnx/read.js';
import { writeOnnx } from '../../onnx/write.js';
import { blockedDomain, blockedLayout } from '../../passes/blocked-layout.js';
import { Random } from '../../random.js';
import { elementCount, float32 } from '../../tensor.js';
import { loadNative } from './packages.js';

let detected: Promise<number | undefined> | undefined;

/**
 * {@link channelsOfABlock}, found once. Where no temporary file can be written it is not known, and the standard's
 * operators serve as well.
 */
export function detectedBlock(): Promise<number | undefined> {
  detected ??= channelsOfABlock().catch(() => undefined);
  return detected;
}

/** A graph whose convolutions are computed in blocks of so many channels, where that is faster. */
export function layOutInBlocks(graph: Graph, block: number | undefined): Graph {
  return (block === undefined ? undefined : blockedLayout(graph, block)) ?? graph;
}

/**
 * Channels of a block on this processor; `undefined` where ONNX Runtime has no such layout, or a convolution in it does not
 * give what the standard one gives.
 */
export async function channelsOfABlock(): Promise<number | undefined> {
  const block = await blockThatIsTaken();
  return block !== undefined && (await agrees(block)) ? block : undefined;
}

/**
 * ONNX Runtime does not tell, but writes what it makes of a convolution with constant weights to a file: there it has
 * filled the channels up to a whole block.
 */
async function blockThatIsTaken(): Promise<number | undefined> {
  const graph = new Graph('block');
  const filter = graph.constant(float32(new Float32Array(36), [4, 1, 3, 3]));
  graph.output(conv(graph.input('x', [1, 1, 8, 8]), filter, undefined, { kernel_shape: [3, 3] }));
  const { InferenceSession } = await loadNative();
  const folder = await mkdtemp(join(tmpdir(), 'onnx-autograd-block-'));
  try {
    const path = join(folder, 'optimized.onnx');
    const options = {
      graphOptimizationLevel: 'all',
      optimizedModelFilePath: path,
      logSeverityLevel: 3,
    } as const;
    await (await InferenceSession.create(writeOnnx(graph), options)).release();
    const { nodes } = readOnnx(await readFile(path)).graph;
    const blocked = nodes.find(({ domain, operator }) => domain === blockedDomain && operator === 'Conv');
    const channels = blocked?.inputs[1]?.shape?.[0];
    return typeof channels === 'number' ? channels : undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Whether a small convolution in blocks gives what the standard one gives, to rounding. */
async function agrees(block: number): Promise<boolean> {
  const sizes = { x: [2, 2 * block, 10, 11], filter: [3 * block, 2 * block, 3, 3], bias: [3 * block] };
  const graph = new Graph('agrees');
  const [x, filter, bias] = Object.entries(sizes).map(([name, dims]) => graph.input(name, dims));
  graph.output(relu(conv(x as Value, filter as Value, bias, { pads: [1, 1, 1, 1] })));
  const random = new Random(1);
  const { InferenceSession, Tensor } = await loadNative();
  const feeds = Object.entries(sizes).map(([name, dims]) => {
    const numbers = Float32Array.from({ length: elementCount(dims) }, () => random.normal());
    return [name, new Tensor('float32', numbers, dims)] as const;
  });
  const run = async (of: Graph) => {
    const session = await InferenceSession.create(writeOnnx(of), { logSeverityLevel: 3 });
    const [y] = Object.values(await session.run(Object.fromEntries(feeds)));
    await session.release();
    return y?.data as Float32Array;
  };
  const [standard, blocked] = [await run(graph), await run(layOutInBlocks(graph, block))];
  const norm = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, number) => sum + number ** 2, 0));
  return norm(standard.map((number, i) => number - (blocked[i] as number))) < 1e-5 * norm(standard);
}
