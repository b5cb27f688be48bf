import { shortDigest } from '../files/digest.js';
import { readWhole } from '../files/read-whole.js';
import { writeWhole } from '../files/write-whole.js';
import { deployableModel } from '../learning/networks/deploy.js';
import { loadNetwork } from '../learning/networks/store.js';
import { paths } from '../runs/folder/paths.js';
import type { TrainedExperiment } from '../runs/run-experiment.js';

/** Leaves a model of every training in the folder: `models/METHOD-N.onnx`, samples in, probabilities out. */
export async function writeModels(folder: string, trained: TrainedExperiment): Promise<void> {
  const { config, data, plan, store, records } = trained;
  const { experiment } = config;
  for (const cell of plan.methods) {
    const record = records.get(cell.job);
    const repetition = data.repetitions[cell.repetition];
    if (record?.kind !== 'target' || repetition === undefined) continue;
    const network = await loadNetwork(store.job(cell.job).network);
    const model = deployableModel(network, {
      target: experiment.target,
      classes: data.classes,
      features: experiment.features,
      standardisation: record.standardisation,
      method: `${experiment.name}: ${cell.of}, seed ${repetition.seed}, epoch ${record.bestEpoch}`,
    });
    const path = paths.model(folder, cell.name);
    const there = await readWhole(path);
    if (there === undefined || shortDigest(there) !== shortDigest(model)) await writeWhole(path, model);
  }
}
