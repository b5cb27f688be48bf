import { Random } from 'onnx-autograd/random';
import { giveWay } from '../../analysis/run-steps.js';
import type { CorrectionParts } from '../../learning/corrections/definition.js';
import { correct } from '../../learning/corrections/registry.js';
import { lastConvolution } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork, saveNetwork } from '../../learning/networks/store.js';
import { sizeOf } from '../../learning/training/dataset.js';
import { observeValue } from '../../learning/training/observe.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { describeEnvironment } from '../store/environment.js';
import { type CorrectionJob, deviceOf } from '../store/job.js';
import type { CorrectionRecord } from '../store/records.js';
import { trainingOf } from './training-of.js';

/** Corrects the network of a training that is done. */
export async function correctTrained(job: CorrectionJob, context: JobContext): Promise<CorrectionRecord> {
  const started = performance.now();
  const { store, folder, execution, signal } = context;
  const { spec } = await trainingOf(job.training, store);
  const loader = await ClipLoader.open(store, spec.features, spec.standardisation);
  try {
    const { task } = job;
    const network = await loadNetwork(store.job(job.training).network);
    const set = await store.set(job.validation);
    const observe: CorrectionParts['observe'] = async (given, value, data) => {
      const seen = standardised(given, loader.standardisation);
      const run = { batch: spec.training.batch, threads: execution.threads ?? 1, device: deviceOf(job) };
      const [values = new Float32Array()] = await observeValue(seen, value(seen), [data], run);
      return rowsOf(values, sizeOf(data));
    };
    const corrected = await correct(job.settings, {
      network,
      classes: spec.classes.length,
      tap: { name: lastConvolution(network), position: spec.position },
      train: await loader.load(spec.train, spec.column, spec.classes),
      validation: {
        ...(await loader.load(job.validation, spec.column, spec.classes)),
        recordings: set.clips.map(({ recording, windowOf }, row) =>
          recording !== undefined ? `recording ${recording}` : `clip ${windowOf ?? `row ${row}`}`,
        ),
      },
      orthogonalClasses: task?.classes.length ?? 0,
      orthogonal: task === null ? undefined : await loader.load(task.clips, task.column, task.classes),
      random: new Random(spec.seed).fork('correction'),
      observe,
      pause: () => giveWay(signal),
    });
    return {
      kind: 'correction',
      version: 2,
      network: await saveNetwork(folder.network, corrected.network),
      facts: { ...corrected.facts },
      seconds: (performance.now() - started) / 1000,
      environment: await describeEnvironment(deviceOf(job)),
    };
  } finally {
    await loader.close();
  }
}
