import { rm } from 'node:fs/promises';
import { calibrationScores } from '../analysis/scores.js';
import { UserError } from '../errors.js';
import { readJson, writeJson } from '../files/json-file.js';
import { paths } from '../runs/folder/paths.js';
import { type ComparisonResults, comparisonResults, type RunResult } from './results.js';

/** Leaves `results.json` in a comparison's folder, whole and with its digest, in place of what there was so far. */
export async function writeResults(folder: string, results: ComparisonResults): Promise<void> {
  await writeJson(paths.results(folder), results);
  await rm(paths.resultsSoFar(folder), { force: true });
}

/** Leaves what the repetitions say that are complete, beside what an earlier comparison in the folder has come to. */
export async function writeResultsSoFar(folder: string, results: ComparisonResults): Promise<void> {
  await writeJson(paths.resultsSoFar(folder), results);
}

/**
 * What a comparison has measured in the repetitions (seeds, folds of them) that are complete, as long as others are not: the report
 * says the same. `repetitions` tells how many these are.
 *
 * @returns undefined where there is nothing so far, or the comparison is complete: see {@link readResults}
 * @throws DamagedFileError when the file is damaged or of another version
 */
export async function readResultsSoFar(folder: string): Promise<ComparisonResults | undefined> {
  return readJson(paths.resultsSoFar(folder), comparisonResults);
}

/**
 * What a comparison measured, from the folder that it left. What earlier versions did not compute of the predictions is
 * computed.
 *
 * ```ts
 * const results = await readResults('runs/demo');
 * console.log(judge(results, summarise(results)).sentence);
 * ```
 *
 * @throws UserError when there are none yet; DamagedFileError when the file is damaged or of another version.
 */
export async function readResults(folder: string): Promise<ComparisonResults> {
  const results = await readJson(paths.results(folder), comparisonResults);
  if (results !== undefined) return withCalibration(results);
  throw new UserError(
    `"${folder}" holds no results: there is no results.json in it. "antitransfer compare" leaves one when all is trained; ` +
      'the same command continues.',
  );
}

/** Results of earlier versions hold the probabilities, not how well they are calibrated. */
function withCalibration(results: ComparisonResults): ComparisonResults {
  const { classes } = results.target;
  const complete = (run: RunResult): RunResult =>
    run.test.brierScore !== undefined || run.predictions.length === 0
      ? run
      : { ...run, test: { ...run.test, ...calibrationScores(run.predictions, classes) } };
  return { ...results, runs: results.runs.map(complete) };
}
