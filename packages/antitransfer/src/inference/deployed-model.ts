import { join } from 'node:path';
import {
  type DeviceChoice,
  DeviceUnavailableError,
  type Graph,
  GraphError,
  OnnxFormatError,
  type OpenProgram,
  openProgram,
  readOnnx,
} from 'onnx-autograd';
import { segmentSamples } from '../data/features/segment-settings.js';
import { messageOf, UserError } from '../errors.js';
import { isFolderForFile } from '../files/file-error.js';
import { namesIn } from '../files/folder-size.js';
import { readWhole } from '../files/read-whole.js';
import { deployableModel } from '../learning/networks/deploy.js';
import { weightProblem } from '../learning/networks/finite-weights.js';
import { type ModelCard, readCard } from '../learning/networks/model-card.js';
import { networkOf } from '../learning/networks/network.js';
import { readNetworkFacts } from '../learning/networks/network-facts.js';

/** A deployed model, samples in and probabilities out, run by plain ONNX Runtime. */
export class DeployedModel {
  private constructor(
    /** The file. */
    readonly path: string,
    readonly card: ModelCard,
    /** Samples of a clip, at `card.features.sampleRate`. */
    readonly samples: number,
    private readonly program: OpenProgram,
  ) {}

  /**
   * Opens a model that a training left (`models/*.onnx`); or a bare network of a store, in front of which its features are put.
   *
   * ```ts
   * const model = await DeployedModel.open('runs/demo/models/correlation-seed-1.onnx');
   * const [probabilities] = await model.probabilities(samples);
   * ```
   *
   * @param device what computes; the processor when absent
   * @throws DeviceUnavailableError when the device cannot be had here
   * @throws UserError when the file is missing, is no ONNX model, is not one of ours, or is damaged: a weight is no
   * number, ONNX Runtime does not open it, or it answers silence with what are no probabilities
   */
  static async open(path: string, device: DeviceChoice = 'cpu'): Promise<DeployedModel> {
    const bytes = await readModel(path);
    const { card, model: deployed = bytes } = describedModel(path, bytes);
    const program = await openModel(path, deployed, device);
    const model = new DeployedModel(path, card, segmentSamples(card.features), program);
    try {
      const [answer] = await model.probabilities(new Float32Array(model.samples));
      const problem = answer && answerProblem(answer);
      if (problem !== undefined) throw damaged(path, `it answers silence with ${problem}`);
    } catch (error) {
      await model.close();
      throw error;
    }
    return model;
  }

  /**
   * @param segments `(batch, samples)`, in [-1, 1]
   * @returns for each segment the probability of every class, in the order of `card.classes`; see
   * {@link answerProblem}
   * @throws UserError when ONNX Runtime cannot run the model
   */
  async probabilities(segments: Float32Array): Promise<Float32Array[]> {
    const batch = segments.length / this.samples;
    const samples = { type: 'float32', dims: [batch, this.samples], data: segments } as const;
    const { probabilities } = await this.program.run({ samples }).catch((error: unknown) => {
      // Not damaged for certain: memory may have run out.
      throw new UserError(`ONNX Runtime cannot run the model "${this.path}": ${messageOf(error)}.`, {
        cause: error,
      });
    });
    const data = probabilities?.data;
    const classes = this.card.classes.length;
    if (!(data instanceof Float32Array) || data.length !== batch * classes) {
      const found = data === undefined ? 'none' : String(data.length);
      throw damaged(
        this.path,
        `of ${classes} classes and ${batch} recordings it gives ${found} probabilities`,
      );
    }
    return Array.from({ length: batch }, (_, row) => data.slice(row * classes, (row + 1) * classes));
  }

  /** Frees the model; it answers nothing afterwards. */
  close(): Promise<void> {
    return this.program.close();
  }
}

/** Probabilities are computed in single precision. */
const TOLERANCE = 1e-4;

/** What a model says of one clip, when those are no probabilities; undefined when they are. */
export function answerProblem(probabilities: ArrayLike<number>): string | undefined {
  const values = Array.from(probabilities);
  const wrong = values.find((value) => !(value >= 0 && value <= 1 + TOLERANCE));
  if (wrong !== undefined) return `the probability ${wrong}`;
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.abs(sum - 1) <= TOLERANCE ? undefined : `probabilities that add up to ${sum}`;
}

async function readModel(path: string): Promise<Uint8Array> {
  const bytes = await readWhole(path).catch(async (error: unknown) => {
    throw isFolderForFile(error) ? await notAModel(path, error) : error;
  });
  if (bytes !== undefined) return bytes;
  throw new UserError(`The model "${path}" cannot be opened: there is no such file.`);
}

/** The error for a folder in place of a model: most likely that of a run. */
async function notAModel(path: string, cause: unknown): Promise<UserError> {
  const models = (await namesIn(join(path, 'models'))).filter((name) => name.endsWith('.onnx'));
  const [first] = models;
  const remedy =
    first === undefined
      ? 'The models of a run are in its folder "models".'
      : `It has ${models.length === 1 ? 'one model' : `${models.length} models`}, such as "${join(path, 'models', first)}".`;
  return new UserError(`The model "${path}" is a folder. Name an .onnx file. ${remedy}`, { cause });
}

/**
 * Opens a model in plain ONNX Runtime.
 *
 * @throws UserError when it refuses the file
 * @throws DeviceUnavailableError when there is no ONNX Runtime for this machine, or it has no such device
 */
export async function openModel(
  path: string,
  bytes: Uint8Array,
  device: DeviceChoice = 'cpu',
): Promise<OpenProgram> {
  try {
    return await openProgram(bytes, { device });
  } catch (error) {
    // The file is not to blame.
    if (error instanceof DeviceUnavailableError) throw error;
    throw damaged(path, `ONNX Runtime refuses it: ${messageOf(error)}`, error);
  }
}

function damaged(path: string, found: string, cause?: unknown): UserError {
  return new UserError(`The model "${path}" is damaged: ${found}. Export or copy it again.`, { cause });
}

/** The card of a file; and the model that it is not yet, where it is a bare network that says what it was trained on. */
interface DescribedModel {
  readonly card: ModelCard;
  readonly model?: Uint8Array;
}

function describedModel(path: string, bytes: Uint8Array): DescribedModel {
  try {
    const { graph, metadata } = readOnnx(bytes);
    const card = readCard(metadata);
    const described = card === undefined ? deployed(path, graph, metadata) : { card };
    const problem = described && weightProblem(graph);
    if (problem !== undefined) throw damaged(path, problem);
    if (described !== undefined) return described;
  } catch (error) {
    if (error instanceof OnnxFormatError) throw new UserError(`"${path}": ${error.message}`);
    // Other people's models may hold what we do not read, and other people's metadata what is no JSON.
    if (!(error instanceof GraphError || error instanceof SyntaxError)) throw error;
  }
  throw new UserError(
    `"${path}" is an ONNX model without antitransfer's card (classes, features, standardisation), so it cannot be ` +
      'given recordings. Take a file from the folder "models" of a run, or make one with "antitransfer export".',
  );
}

/** A bare network with its features in front; undefined where the file does not tell them, or its classes. */
function deployed(
  path: string,
  graph: Graph,
  metadata: Readonly<Record<string, string>>,
): DescribedModel | undefined {
  const { outputs, input } = readNetworkFacts(metadata);
  if (outputs === undefined || input === undefined) return undefined;
  const card = {
    target: outputs.column,
    classes: outputs.classes,
    ...input,
    method: `the bare network "${path}"`,
  };
  return { card, model: deployableModel(networkOf(graph), card) };
}
