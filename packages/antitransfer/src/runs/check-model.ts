import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Clip } from '../data/clip.js';
import { RoundData } from './data/round-data.js';
import type { FoundRun } from './store/find-run.js';
import { sizeOf } from '../learning/training/dataset.js';
import { DeployedModel } from '../inference/deployed-model.js';
import { predictClips } from '../inference/predict-clips.js';

/** How an exported file did in plain ONNX Runtime. */
export interface ModelCheck {
  readonly clips: number;
  /** Largest difference of a probability from what the training's own test wrote down. */
  readonly difference: number;
}

/** Clips that a check looks at. */
const CLIPS = 16;

/**
 * Runs a deployable model on a run's first test clips, from their recordings on.
 *
 * @throws AudioError when a recording cannot be read (any more)
 */
export async function checkModel(path: string, folder: string, found: FoundRun): Promise<ModelCheck> {
  const { data, test } = await firstClips(folder, found);
  const model = await DeployedModel.open(path);
  try {
    const clips = test.map((place) => data.prepared.clips[place] as Clip);
    const { predictions, problems } = await predictClips(model, clips);
    if (problems[0]) throw problems[0];
    return compare(predictions, found);
  } finally {
    await model.close();
  }
}

/** Runs a bare network on the features of a run's first test clips. */
export async function checkNetwork(path: string, folder: string, found: FoundRun): Promise<ModelCheck> {
  const { data, test } = await firstClips(folder, found);
  const { features, shape, ...set } = await data.target(test);
  const session = await InferenceSession.create(path, { executionProviders: ['cpu'], logSeverityLevel: 3 });
  try {
    const batch = sizeOf({ features, shape, ...set });
    const [input] = session.inputNames as [string];
    const answers = await session.run({ [input]: new Tensor('float32', features, [batch, ...shape]) });
    const logits = answers[session.outputNames[0] as string]?.data as Float32Array;
    const classes = logits.length / batch;
    const rows = Array.from({ length: batch }, (_, row) =>
      softmax(logits.subarray(row * classes, (row + 1) * classes)),
    );
    return compare(
      rows.map((probabilities) => ({ probabilities })),
      found,
    );
  } finally {
    await session.release();
  }
}

async function firstClips(folder: string, { config, round }: FoundRun) {
  const data = await RoundData.open(folder, config, round);
  return { data, test: data.round.test.slice(0, CLIPS) };
}

function compare(
  rows: readonly { readonly probabilities: readonly number[] }[],
  { run }: FoundRun,
): ModelCheck {
  const differences = rows.flatMap(({ probabilities }, row) =>
    probabilities.map((value, place) =>
      Math.abs(value - (run.predictions[row]?.probabilities[place] as number)),
    ),
  );
  return { clips: rows.length, difference: Math.max(...differences) };
}

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp(value - highest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}
