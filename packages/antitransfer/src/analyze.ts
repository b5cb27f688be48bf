import { type DeviceChoice, findDevice } from 'onnx-autograd';
import { collectLayers } from './answers/layers/collect.js';
import { layersCsv } from './answers/layers/csv.js';
import { renderLayers } from './answers/layers/page.js';
import type { LayerResults } from './answers/layers/results.js';
import { UserError } from './errors.js';
import { writeJson } from './files/json-file.js';
import { writeWhole } from './files/write-whole.js';
import { isProcessor } from './learning/training/device.js';
import type { ExecutionSettings } from './runs/config/execution.js';
import { ComparisonFolder } from './runs/folder/comparison-folder.js';
import { paths } from './runs/folder/paths.js';
import { holdingRun } from './runs/hold-run.js';
import type { JobRunner } from './runs/jobs/runner.js';
import { type AnalysisChoice, planAnalysis } from './runs/plan/plan-analysis.js';
import { devicesOf, runnerOf } from './runs/runners/runner-of.js';
import type { JobRecord } from './runs/store/records.js';
import { storeAt } from './runs/store/store-at.js';

/** Which comparison is looked at, and by what. */
export interface AnalyzeOptions {
  /** Where a comparison left its results. */
  readonly folder: string;
  /** Where its store is, when it is not where it was. */
  readonly store?: string;
  readonly cache: string;
  readonly execution: ExecutionSettings;
  /** What computes; that of the comparison when absent. */
  readonly device?: DeviceChoice;
  /** Who carries the jobs out; the one that `execution.runner` names when absent. */
  readonly runner?: JobRunner;
  readonly signal?: AbortSignal;
  readonly observer?: AnalyzeObserver;
}

/** Told how far an analysis is. */
export interface AnalyzeObserver {
  /** Networks and taps that are done, of all, and the one that was done last. */
  onProgress?(progress: { readonly done: number; readonly total: number; readonly name: string }): void;
}

/**
 * Looks at every layer of a comparison's networks: what probes read of each orthogonal task, and how alike the layers are to the
 * frozen networks, with controls. Leaves `analysis.json`, `.csv` and `.html` in the comparison's folder. What is done is
 * kept in the store: the same call continues.
 *
 * @throws UserError when the folder is no comparison's, or the choice does not fit it.
 * @throws DeviceUnavailableError when the device cannot be had here.
 * @throws the signal's reason when it is aborted
 */
export async function analyzeRun(
  choice: Omit<AnalysisChoice, 'device'>,
  options: AnalyzeOptions,
): Promise<LayerResults> {
  const folder = new ComparisonFolder(options.folder);
  const index = await folder.index();
  if (index === undefined) {
    throw new UserError(
      `"${options.folder}" is no folder of a run: there is no comparison.json in it. Name the folder that "antitransfer ` +
        'compare" or "antitransfer train" wrote.',
    );
  }
  const { cache, execution, device: asked, signal = new AbortController().signal, observer } = options;
  const place = options.store ?? folder.storeOf(index);
  return holdingRun({ folder: options.folder, store: place, cache, signal }, async () => {
    const store = storeAt(place, cache);
    const device = asked === undefined ? undefined : await findDevice(asked);
    const plan = await planAnalysis(index, store, { ...choice, ...(device && { device }) });
    for (const device of devicesOf(plan.jobs)) if (!isProcessor(device)) await findDevice(device);
    const records = new Map<string, JobRecord>();
    const runner = options.runner ?? runnerOf(execution, store, cache, plan.jobs);
    for await (const { job, event } of runner.run(plan.jobs, signal)) {
      if (event.kind !== 'done') continue;
      const record = await store.job(job.id).record();
      if (record === undefined) throw new Error(`The job ${job.id} is done and left nothing.`);
      records.set(job.id, record);
      observer?.onProgress?.({ done: records.size, total: plan.jobs.length, name: job.name });
    }
    const results = collectLayers(index, plan, records);
    await writeJson(paths.analysis(options.folder), results);
    await writeWhole(paths.analysisCsv(options.folder), layersCsv(results));
    await writeWhole(paths.analysisPage(options.folder), renderLayers(results));
    return results;
  });
}
