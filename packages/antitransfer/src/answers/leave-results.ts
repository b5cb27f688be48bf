import { UserError } from '../errors.js';
import { writeWhole } from '../files/write-whole.js';
import type { TrainedExperiment } from '../runs/carry-out-plans.js';
import { paths } from '../runs/folder/paths.js';
import { repetitionName } from '../runs/plan/repetition-name.js';
import { collectResults } from './collect.js';
import { failedRuns } from './failed-runs.js';
import { collectSamples } from './listening-samples.js';
import { writeModels } from './models.js';
import type { ComparisonResults } from './results.js';
import { writeResults, writeResultsSoFar } from './results-file.js';
import { predictionsCsv, resultsCsv } from './tables/csv.js';

/**
 * Leaves all that an experiment came to in its folder: models, tables, the report, and last of all `results.json`.
 *
 * @throws UserError when no training gave a result
 */
export async function leaveResults(folder: string, trained: TrainedExperiment): Promise<ComparisonResults> {
  const [failed] = failedRuns(trained);
  if (failed !== undefined && !hasResults(trained)) {
    throw new UserError(
      `No training gave a result. ${failed.method}, ${repetitionName(failed)}: ${failed.reason}`,
    );
  }
  const samples = await collectSamples(trained);
  const results = collectResults(trained, samples);
  await writeModels(folder, trained, results);
  await writeWhole(paths.resultsCsv(folder), resultsCsv(results));
  await writeWhole(paths.predictionsCsv(folder), predictionsCsv(results));
  await writeReport(folder, results);
  await writeResults(folder, results);
  return results;
}

/** Leaves the report and the results of repetitions that are done while others are not; nothing where none gave a result. */
export async function leaveResultsSoFar(
  folder: string,
  soFar: TrainedExperiment,
): Promise<ComparisonResults | undefined> {
  if (!hasResults(soFar)) return undefined;
  const results = collectResults(soFar, []);
  await writeReport(folder, results);
  await writeResultsSoFar(folder, results);
  return results;
}

function hasResults({ plan, records }: TrainedExperiment): boolean {
  return plan.methods.some(({ assessment }) => records.get(assessment)?.kind === 'assessment');
}

async function writeReport(folder: string, results: ComparisonResults): Promise<void> {
  // Rendering charts takes a third of a second to load: only here.
  const { renderReport } = await import('./page/html.js');
  await writeWhole(paths.report(folder), renderReport(results));
}
