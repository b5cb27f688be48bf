import { calibrationScores } from '../analysis/scores.js';
import { UserError } from '../errors.js';
import { readJson, writeJson } from '../files/json-file.js';
import { paths } from '../runs/folder/paths.js';
import { type ComparisonResults, comparisonResults, type RunResult } from './results.js';

/** Leaves `results.json` in a comparison's folder, whole and with its digest. */
export async function writeResults(folder: string, results: ComparisonResults): Promise<void> {
  await writeJson(paths.results(folder), results);
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
