import { wholeClips } from '../data/segments/whole-clips.js';
import { shortDigest } from '../files/digest.js';
import { readWhole } from '../files/read-whole.js';
import { writeWhole } from '../files/write-whole.js';
import { deployableModel } from '../learning/networks/deploy.js';
import { cardJson, cardPath, type ModelAccount, type ModelCard } from '../learning/networks/model-card.js';
import { loadNetwork } from '../learning/networks/store.js';
import type { TrainedExperiment } from '../runs/carry-out-plans.js';
import type { PreparedRepetition } from '../runs/data/prepare.js';
import { paths } from '../runs/folder/paths.js';
import { networkJobOf } from '../runs/plan/plan.js';
import type { ComparisonResults } from './results.js';
import { named } from './tasks.js';

/**
 * Leaves a model of every training in the folder: `models/METHOD-seed-N.onnx`, samples in, probabilities out, and its card
 * beside it, `METHOD-seed-N.json`.
 */
export async function writeModels(
  folder: string,
  trained: TrainedExperiment,
  results: ComparisonResults,
): Promise<void> {
  const { config, data, plan, store, records } = trained;
  const { experiment } = config;
  for (const cell of plan.methods) {
    const record = records.get(cell.job);
    const repetition = data.repetitions[cell.repetition];
    if (record?.kind !== 'target' || repetition === undefined) continue;
    const network = await loadNetwork(store.job(networkJobOf(cell)).network);
    const assessment = records.get(cell.assessment);
    const level = assessment?.kind === 'assessment' ? assessment.level : undefined;
    const card: ModelCard = {
      target: experiment.target,
      classes: data.classes,
      features: experiment.features,
      ...(experiment.segments !== null && { segments: experiment.segments }),
      standardisation: record.standardisation,
      ...(level && { level }),
      method: `${experiment.name}: ${cell.of}, seed ${repetition.seed}, epoch ${record.bestEpoch}`,
      account: accountOf(results, cell.of, repetition, experiment.data.corpus),
    };
    const path = paths.model(folder, cell.of, repetition);
    await writeChanged(path, deployableModel(network, card));
    await writeChanged(cardPath(path), new TextEncoder().encode(cardJson(card)));
  }
}

async function writeChanged(path: string, content: Uint8Array): Promise<void> {
  const there = await readWhole(path);
  if (there === undefined || shortDigest(there) !== shortDigest(content)) await writeWhole(path, content);
}

/** Where a model comes from and what it is worth, without a path or a name of this machine. */
function accountOf(
  { name, target, tasks, methods, runs }: ComparisonResults,
  method: string,
  { seed, fold, description, train, validation, test }: PreparedRepetition,
  corpus: string,
): ModelAccount | undefined {
  const run = runs.find((other) => other.method === method && other.seed === seed && other.fold === fold);
  if (run === undefined) return undefined;
  const forgets = methods.find(({ id }) => id === method)?.forgets ?? [];
  const { accuracy, macroF1, crossEntropy } = run.test;
  const clips = {
    train: wholeClips(train.clips).length,
    validation: wholeClips(validation.clips).length,
    test: wholeClips(test.clips).length,
  };
  return {
    comparison: name,
    training: {
      corpus,
      split: description,
      seed,
      ...(fold !== undefined && { fold }),
      epoch: run.bestEpoch,
      clips,
    },
    test: { accuracy, macroF1, crossEntropy, chance: target.chance },
    orthogonal: tasks.map((task) => ({
      column: task.column,
      forgotten: forgets.includes(task.name),
      probe: named(run.tasks, task.name).probe,
    })),
  };
}
