import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { conv } from '../expressions.js';
import { Graph } from '../graph/graph.js';
import { readOnnx, readProgram } from '../onnx/read.js';
import { writeOnnx } from '../onnx/write.js';
import { blockedDomain, blockedLayout } from '../passes/blocked-layout.js';
import { float32 } from '../tensor.js';

let detected: Promise<number | undefined> | undefined;

/** A model whose convolutions are computed in this processor's blocked layout, where that is faster. */
export async function layOutInBlocks(model: Uint8Array): Promise<Uint8Array> {
  // Where no temporary file can be written it is not known, and the standard's operators serve as well.
  detected ??= channelsOfABlock().catch(() => undefined);
  const block = await detected;
  const laidOut = block === undefined ? undefined : blockedLayout(readProgram(model), block);
  return laidOut ? writeOnnx(laidOut) : model;
}

/**
 * Channels of a block on this processor; `undefined` where ONNX Runtime has no such layout. It does not tell, but writes
 * what it makes of a convolution with constant weights to a file: there it has filled the channels up to a whole block.
 */
export async function channelsOfABlock(): Promise<number | undefined> {
  const graph = new Graph('block');
  const filter = graph.constant(float32(new Float32Array(36), [4, 1, 3, 3]));
  graph.output(conv(graph.input('x', [1, 1, 8, 8]), filter, undefined, { kernel_shape: [3, 3] }));
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
