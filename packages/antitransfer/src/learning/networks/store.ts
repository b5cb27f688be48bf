import { copyGraph, Graph, OnnxFormatError, readOnnx, type Tensor, writeOnnx } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { type FileRecord, recordOf } from '../../files/digest.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { type Network, networkOf } from './network.js';

/** The network with other weights, given by the names of its own. */
export function withWeights(network: Network, weights: Readonly<Record<string, Tensor>>): Network {
  const graph = new Graph(network.graph.name);
  const input = graph.input(network.input.name, network.input.knownShape);
  const copy = copyGraph(graph, network.graph, {
    inputs: { [network.input.name]: input },
    initializer: (source) => {
      const tensor = weights[source.name];
      return tensor && graph.initializer(tensor, source.name);
    },
  });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}

/**
 * Writes a network (features in, logits out) as an `.onnx` file; the file appears when it is complete.
 *
 * @returns what the file holds, to know it again
 */
export async function saveNetwork(path: string, network: Network): Promise<FileRecord> {
  const bytes = writeOnnx(network.graph);
  await writeWhole(path, bytes);
  return recordOf(bytes);
}

/**
 * Reads a network from an `.onnx` file: ours, or any CNN with features in and logits out.
 *
 * @throws UserError when the file is not there, is no ONNX model, or has no convolution.
 */
export async function loadNetwork(path: string): Promise<Network> {
  const bytes = await readWhole(path);
  if (bytes === undefined) throw new UserError(`There is no model file "${path}".`);
  try {
    return networkOf(readOnnx(bytes).graph);
  } catch (error) {
    if (error instanceof OnnxFormatError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}
