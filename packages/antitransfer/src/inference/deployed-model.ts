import { readFile } from 'node:fs/promises';
import { GraphError, OnnxFormatError, readOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { segmentSamples } from '../data/features/settings.js';
import { UserError } from '../errors.js';
import { type ModelCard, readCard } from '../learning/networks/deploy.js';

/** A deployed model, samples in and probabilities out, run by plain ONNX Runtime on the CPU. */
export class DeployedModel {
  private constructor(
    readonly card: ModelCard,
    /** Samples of a clip, at `card.features.sampleRate`. */
    readonly samples: number,
    readonly session: InferenceSession,
  ) {}

  /**
   * Opens a model that a training left (`models/*.onnx`).
   *
   * ```ts
   * const model = await DeployedModel.open('runs/demo/models/correlation-1.onnx');
   * const [probabilities] = await model.probabilities(samples);
   * ```
   *
   * @throws UserError when the file is missing, is no ONNX model, or is not one of ours.
   */
  static async open(path: string): Promise<DeployedModel> {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      const found = error.code === 'ENOENT' ? 'there is no such file' : error.message;
      throw new UserError(`The model "${path}" cannot be opened: ${found}.`);
    });
    const card = cardOf(path, bytes);
    const session = await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
    });
    return new DeployedModel(card, segmentSamples(card.features), session);
  }

  /**
   * @param segments `(batch, samples)`, in [-1, 1]
   * @returns for each segment the probability of every class, in the order of `card.classes`
   */
  async probabilities(segments: Float32Array): Promise<Float32Array[]> {
    const batch = segments.length / this.samples;
    const { probabilities } = await this.session.run({
      samples: new Tensor('float32', segments, [batch, this.samples]),
    });
    const data = probabilities?.data as Float32Array;
    const classes = this.card.classes.length;
    return Array.from({ length: batch }, (_, row) => data.slice(row * classes, (row + 1) * classes));
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

function cardOf(path: string, bytes: Uint8Array): ModelCard {
  let metadata: Readonly<Record<string, string>> | undefined;
  try {
    ({ metadata } = readOnnx(bytes));
    const card = readCard(metadata);
    if (card !== undefined) return card;
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
