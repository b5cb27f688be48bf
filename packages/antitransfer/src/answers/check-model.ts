import type { Clip } from '../data/clip.js';
import { standardise } from '../data/features/standardise.js';
import { clipKeys } from '../data/features/store/clip-keys.js';
import { cutClips } from '../data/segments/cut-clips.js';
import { messageOf, UserError } from '../errors.js';
import { DeployedModel, openModel } from '../inference/deployed-model.js';
import { predictClips } from '../inference/predict-clips.js';
import { readModel } from '../learning/networks/store.js';
import { sum } from '../numbers/mean.js';
import { onThisMachine } from '../runs/data/demo.js';
import { type DrawnSplits, drawSplits } from '../runs/data/draw-splits.js';
import { ClipLoader } from '../runs/data/load-clips.js';
import { settleSplits } from '../runs/data/settle-splits.js';
import type { FoundRun } from './find-run.js';

/** How an exported file did in plain ONNX Runtime. */
export interface ModelCheck {
  readonly clips: number;
  /** Largest difference of a probability from what the training's own test wrote down. */
  readonly difference: number;
}

/** The model is not to blame: the recordings of its test are not there (any more). */
export class UncheckedError extends UserError {
  override readonly name = 'UncheckedError';
}

/** Clips that a check looks at. */
const CLIPS = 16;

/**
 * Runs a deployable model on a run's first test clips, from their recordings on.
 *
 * @param cache where this machine keeps the demo corpus
 *
 * @throws UncheckedError when the recordings are not there, or not those of the run (any more)
 */
export async function checkModel(path: string, found: FoundRun, cache: string): Promise<ModelCheck> {
  const clips = await firstClips(found, cache);
  const model = await DeployedModel.open(path);
  try {
    const { predictions, problems } = await predictClips(model, clips, { longer: 'crop' });
    const [problem] = problems;
    if (problem !== undefined) throw new UncheckedError(problem.message, { cause: problem });
    return compare(predictions, found);
  } finally {
    await model.close();
  }
}

/** The first test clips of a run, on this machine. */
async function firstClips(found: FoundRun, cache: string): Promise<Clip[]> {
  const experiment = onThisMachine(found.experiment, cache);
  const first = found.clips.slice(0, CLIPS);
  try {
    const drawn = await drawSplits(experiment);
    const clips = new Map(testOf(drawn, found).map((clip) => [clip.id, clip]));
    for (const window of await windowsOfFirst(experiment, first, clips)) clips.set(window.id, window);
    const named = first.flatMap((id) => clips.get(id) ?? []);
    if (await areThose(named, found)) return named;
    // What could not be used, or sounds the same as another, was known when the splits were drawn last.
    const settled = await settleSplits(experiment, drawn, { store: found.store });
    const last = new Map(testOf(settled.drawn, found).map((clip) => [clip.id, clip]));
    return first.map((id) => {
      const clip = last.get(id);
      if (clip !== undefined) return clip;
      throw new UncheckedError(
        `the clip "${id}" is not among the test clips any more: the corpus has changed.`,
      );
    });
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof UncheckedError) throw error;
    throw new UncheckedError(error.message, { cause: error });
  }
}

function testOf({ repetitions }: DrawnSplits, { repetition }: FoundRun): readonly Clip[] {
  return repetitions[repetition]?.split.test ?? [];
}

/** Whether clips sound like the first ones that the run was tested on. */
async function areThose(clips: readonly Clip[], { store, test }: FoundRun): Promise<boolean> {
  const tested = (await store.set(test)).clips.slice(0, CLIPS);
  const keys = await clipKeys(clips);
  return keys.length === tested.length && tested.every(({ key }, row) => key === keys[row]);
}

/** The windows of the clips that some of the tested ones are windows of, where clips were cut. */
async function windowsOfFirst(
  { segments, features }: FoundRun['experiment'],
  first: readonly string[],
  clips: ReadonlyMap<string, Clip>,
): Promise<Clip[]> {
  if (segments === null) return [];
  const wholes = first.flatMap((id) => clips.get(id) ?? clips.get(id.slice(0, id.lastIndexOf('#'))) ?? []);
  const { windows } = await cutClips([...new Set(wholes)], features, segments);
  return [...windows.values()].flat();
}

/** Runs a bare network on the features of a run's first test clips. */
export async function checkNetwork(path: string, found: FoundRun): Promise<ModelCheck> {
  const job = await found.job.job();
  if (job?.kind !== 'target')
    throw new UserError(`"${found.job.folder}" holds no job: run the comparison again.`);
  const loader = await ClipLoader.open(found.store, job.features, job.standardisation);
  const { features } = await loader.load(found.test, job.column, job.classes);
  const batch = Math.min(CLIPS, features.count);
  const first = new Float32Array(batch * features.shape.reduce((a, b) => a * b, 1));
  await features.read([...Array(batch).keys()], first);
  await loader.close();
  standardise(first, loader.standardisation);
  const program = await openModel(path, await readModel(path));
  try {
    const [input = ''] = program.inputs;
    const [output = ''] = program.outputs;
    const fed = { type: 'float32', dims: [batch, ...features.shape], data: first } as const;
    const answers = await program.run({ [input]: fed }).catch((error: unknown) => {
      throw new UserError(`"${path}" cannot be run by ONNX Runtime: ${messageOf(error)}.`, { cause: error });
    });
    const logits = answers[output]?.data;
    if (!(logits instanceof Float32Array)) {
      throw new UserError(`"${path}" gives no float32 logits: it is damaged.`);
    }
    const classes = logits.length / batch;
    const rows = Array.from({ length: batch }, (_, row) => ({
      probabilities: softmax(logits.subarray(row * classes, (row + 1) * classes)),
    }));
    return compare(rows, found);
  } finally {
    await program.close();
  }
}

function compare(
  rows: readonly { readonly probabilities: readonly number[] }[],
  { assessment }: FoundRun,
): ModelCheck {
  const differences = rows.flatMap(({ probabilities }, row) => {
    const known = assessment.probabilities[row] ?? [];
    // What is missing on either side makes a difference of NaN.
    const indices = Array.from({ length: Math.max(known.length, probabilities.length) }, (_, i) => i);
    return indices.map((i) => Math.abs((probabilities[i] ?? Number.NaN) - (known[i] ?? Number.NaN)));
  });
  return { clips: rows.length, difference: Math.max(...differences) };
}

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp(value - highest));
  const total = sum(powers);
  return powers.map((value) => value / total);
}
