import { dirname, resolve, sep } from 'node:path';
import {
  copyGraph,
  externalFiles,
  Graph,
  GraphError,
  OnnxFormatError,
  readOnnx,
  type Tensor,
  type Value,
  writeOnnx,
} from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { type FileRecord, recordOf } from '../../files/digest.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { weightProblem } from './finite-weights.js';
import { type Network, networkOf } from './network.js';
import { metadataOf, type NetworkFacts, readNetworkFacts } from './network-facts.js';

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
 * @param facts which classes its outputs are, and what its input is made of: told in the file's metadata
 * @returns what the file holds, to know it again
 */
export async function saveNetwork(
  path: string,
  network: Network,
  facts: Partial<NetworkFacts> = {},
): Promise<FileRecord> {
  const bytes = writeOnnx(network.graph, { metadata: metadataOf(facts) });
  await writeWhole(path, bytes);
  return recordOf(bytes);
}

/**
 * The bytes of a model as one file: those of a file that stands alone, or written anew with the weights that lie in files
 * beside it, as PyTorch's exporter writes them.
 *
 * @throws UserError when a file is not there, lies elsewhere than beside the model, or is no ONNX model.
 */
export async function readModel(path: string): Promise<Uint8Array> {
  const bytes = await readWhole(path);
  if (bytes === undefined) throw new UserError(`There is no model file "${path}".`);
  return namingModel(path, async () => {
    const locations = externalFiles(bytes);
    if (locations.length === 0) return bytes;
    const beside = await Promise.all(
      locations.map(async (location) => [location, await readBeside(path, location)] as const),
    );
    const { graph, metadata, description } = readOnnx(bytes, { externalData: Object.fromEntries(beside) });
    return writeOnnx(graph, { metadata, description });
  });
}

async function readBeside(path: string, location: string): Promise<Uint8Array> {
  const folder = dirname(resolve(path));
  const file = resolve(folder, location);
  if (!file.startsWith(`${folder}${sep}`)) {
    throw new UserError(`"${path}" wants weights from "${location}", which is not beside it.`);
  }
  const bytes = await readWhole(file);
  if (bytes !== undefined) return bytes;
  throw new UserError(
    `The weights of "${path}" are in the file "${location}", which is not beside it: bring both, or export one file ` +
      '(torch.onnx.export(…, external_data=False)).',
  );
}

/** What a model's file has wrong is told with its name. */
async function namingModel<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnnxFormatError || error instanceof GraphError)
      throw new UserError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Reads a network from an `.onnx` file: ours, or any CNN with features in and logits out.
 *
 * @throws UserError when the file is not there, is no ONNX model, has a weight that is no number, or has no convolution.
 */
export async function loadNetwork(path: string): Promise<Network> {
  return (await loadDescribedNetwork(path)).network;
}

/** {@link loadNetwork}, with what the file tells of it. */
export async function loadDescribedNetwork(
  path: string,
): Promise<{ readonly network: Network; readonly facts: Partial<NetworkFacts> }> {
  const bytes = await readModel(path);
  return namingModel(path, async () => {
    const { graph, metadata } = readOnnx(bytes);
    const problem = weightProblem(graph);
    if (problem !== undefined) {
      throw new UserError(`The network "${path}" is damaged: ${problem}. Export or copy it again.`);
    }
    const network = networkOf(graph);
    requireOneInput(path, network);
    return { network, facts: readNetworkFacts(metadata) };
  });
}

/** @throws UserError where the network wants more than features, or does not say what features it wants */
function requireOneInput(path: string, { input, logits }: Network): void {
  const others = [...inputsOf(logits)].filter((other) => other !== input);
  if (others.length > 0) {
    const names = [input, ...others].map(({ name }) => `"${name}"`).join(', ');
    throw new UserError(
      `${path}: The network has ${1 + others.length} inputs, ${names}; it is given features, which are one. Export it with one input, or ` +
        'write into the file what is always the same: readOnnx(bytes, { constants: … }) and writeOnnx of onnx-autograd.',
    );
  }
  if (input.shape !== undefined) return;
  throw new UserError(
    `${path}: The input "${input.name}" has no shape in the file. Export it with one, such as (batch, 1, 126, 129); the batch may be ` +
      'a name.',
  );
}

/** What a graph is given to compute a value, apart from weights. */
function inputsOf(value: Value): Set<Value> {
  const inputs = new Set<Value>();
  const seen = new Set<Value>([value]);
  for (const one of seen) {
    if (one.producer === undefined && one.data === undefined) inputs.add(one);
    for (const before of one.producer?.inputs ?? []) if (before !== undefined) seen.add(before);
  }
  return inputs;
}
