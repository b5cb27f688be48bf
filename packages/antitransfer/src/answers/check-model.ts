import { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from '../errors.js';
import { DeployedModel } from '../inference/deployed-model.js';
import { predictClips } from '../inference/predict-clips.js';
import { drawSplits } from '../runs/data/draw-splits.js';
import { ClipLoader } from '../runs/data/load-clips.js';
import type { FoundRun } from './find-run.js';

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
 * @throws UserError when the recordings are not those of the run (any more)
 */
export async function checkModel(path: string, found: FoundRun): Promise<ModelCheck> {
  const { repetitions } = await drawSplits(found.experiment);
  const clips = new Map(repetitions[found.repetition]?.split.test.map((clip) => [clip.id, clip]));
  const set = await found.store.set(found.test);
  const model = await DeployedModel.open(path);
  try {
    const first = set.clips.slice(0, CLIPS).map(({ id }) => {
      const clip = clips.get(id);
      if (clip !== undefined) return clip;
      throw new UserError(
        `The test clip "${id}" is not in the corpus any more: the model cannot be checked.`,
      );
    });
    const { predictions, problems } = await predictClips(model, first);
    if (problems[0]) throw problems[0];
    return compare(predictions, found);
  } finally {
    await model.close();
  }
}

/** Runs a bare network on the features of a run's first test clips. */
export async function checkNetwork(path: string, found: FoundRun): Promise<ModelCheck> {
  const job = await found.job.job();
  if (job?.kind !== 'target')
    throw new UserError(`"${found.job.folder}" holds no job: run the comparison again.`);
  const loader = await ClipLoader.open(found.store, job.features, job.standardisation);
  const { features, shape, labels } = await loader.load(job.test, job.column, job.classes);
  const batch = Math.min(CLIPS, labels.length);
  const first = features.slice(0, (features.length / labels.length) * batch);
  const session = await InferenceSession.create(path, { executionProviders: ['cpu'], logSeverityLevel: 3 });
  try {
    const [input = ''] = session.inputNames;
    const [output = ''] = session.outputNames;
    const answers = await session.run({ [input]: new Tensor('float32', first, [batch, ...shape]) });
    const logits = answers[output]?.data as Float32Array;
    const classes = logits.length / batch;
    const rows = Array.from({ length: batch }, (_, row) => ({
      probabilities: softmax(logits.subarray(row * classes, (row + 1) * classes)),
    }));
    return compare(rows, found);
  } finally {
    await session.release();
  }
}

function compare(
  rows: readonly { readonly probabilities: readonly number[] }[],
  { record }: FoundRun,
): ModelCheck {
  const differences = rows.flatMap(({ probabilities }, row) =>
    probabilities.map((value, i) => Math.abs(value - (record.probabilities[row]?.[i] ?? Number.NaN))),
  );
  return { clips: rows.length, difference: Math.max(...differences) };
}

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp(value - highest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}
