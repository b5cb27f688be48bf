import { copyFile, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkModel, checkNetwork, type ModelCheck, UncheckedError } from '../../answers/check-model.js';
import { findRun, type RunChoice } from '../../answers/find-run.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { makeFolder } from '../../files/make-folder.js';
import { writeWhole } from '../../files/write-whole.js';
import { DeployedModel } from '../../inference/deployed-model.js';
import { cardJson, cardPath } from '../../learning/networks/model-card.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { placeOfStore } from '../folders.js';
import { requireAbsent } from '../require-absent.js';
import { oneOf, wholeNumber } from '../values.js';

interface Flags extends RunChoice {
  readonly output: string;
  readonly what: 'model' | 'network';
  readonly store?: string;
  readonly cache?: string;
  readonly force?: boolean;
}

/** Probabilities are computed in single precision, by differently ordered sums. */
const TOLERANCE = 1e-4;

/** `antitransfer export RUN --output FILE.onnx` */
export function defineExport(command: Command): void {
  command
    .description(
      'Copies a trained model out of a run, and makes sure that plain ONNX Runtime opens it and gives the probabilities ' +
        'of the test; its card (classes, features, scores) is beside it, NAME.json. If the recordings of the test are gone, the file is written unchecked and the exit code is 1.',
    )
    .argument('<source>', 'the folder of a run of "compare" or "train", or an .onnx model')
    .requiredOption('--output <file>', 'the .onnx file to write')
    .option('--force', 'replace the file when there is one')
    .option(
      '--what <kind>',
      'model (samples in, probabilities out) or network (standardised features in, logits out)',
      oneOf(['model', 'network']),
      'model',
    )
    .option('--method <id>', 'which method, when the run has several')
    .option('--seed <n>', 'which seed (default: the one with the lowest validation loss)', wholeNumber(0))
    .option('--fold <n>', 'which fold, when the split has folds', wholeNumber(0))
    .option('--store <folder>', "where the run's store is, when it is not where it was")
    .option('--cache <folder>', 'where the demo corpus is kept (default: ~/.cache/antitransfer)')
    .action(run);
  addExamples(command, [
    ['export runs/demo --method joint-independence --output digits.onnx', 'a model to be given recordings'],
    [
      'export runs/demo --method no-transfer --seed 1 --what network --output bare.onnx',
      'a network, for example to be frozen in another comparison; the file says which classes its outputs are',
    ],
  ]);
}

async function run(source: string, { output, what, store, cache, force, ...choice }: Flags): Promise<void> {
  const target = resolve(output);
  if (!target.endsWith('.onnx')) throw new UserError(`--output "${output}" must end in .onnx.`);
  if (!force) {
    await requireAbsent(output);
    if (what === 'model') await requireAbsent(cardPath(output));
  }
  const kind = await stat(source).catch(() => undefined);
  if (kind === undefined) throw new UserError(`There is no run and no model at "${source}".`);
  const message = kind.isDirectory()
    ? await exportRun(source, target, what, choice, {
        store: store === undefined ? undefined : placeOfStore(store),
        cache: resolve(cache ?? defaultCache()),
      })
    : await exportFile(source, target, what);
  process.stdout.write(`${target}\n${message}\n`);
}

async function exportRun(
  folder: string,
  target: string,
  what: Flags['what'],
  choice: RunChoice,
  { store, cache }: { readonly store: string | undefined; readonly cache: string },
): Promise<string> {
  const found = await findRun(folder, choice, { store, cache });
  const which = `${found.method}, ${repetitionName(found)}`;
  const file = what === 'model' ? found.model : found.network;
  const checking = what === 'model' ? checkModel(file, found, cache) : checkNetwork(file, found);
  const checked = await checking.catch((error: unknown) => {
    if (error instanceof UncheckedError) return error;
    throw error;
  });
  if (!(checked instanceof UncheckedError)) requireSame(checked, file);
  await copyWhole(file, target);
  if (what === 'model') await writeCard(target);
  if (!(checked instanceof UncheckedError)) {
    const { clips, difference } = checked;
    return `${which}: in plain ONNX Runtime the probabilities of ${clips} test clips are those of the test (largest difference ${difference.toExponential(0)}).`;
  }
  process.exitCode = exitCodes.problems;
  return `${which}: not checked, because the recordings of the test cannot be read: ${checked.message}`;
}

async function exportFile(source: string, target: string, what: Flags['what']): Promise<string> {
  if (what === 'network') {
    throw new UserError(`A bare network is taken from a run's folder; "${source}" is a file.`);
  }
  const model = await DeployedModel.open(source);
  await model.close();
  await copyWhole(source, target);
  await writeCard(target);
  return `${model.card.method}: it opens in plain ONNX Runtime.`;
}

function requireSame({ clips, difference }: ModelCheck, file: string): void {
  if (clips > 0 && difference <= TOLERANCE) return;
  throw new UserError(
    `"${file}" gives other probabilities than the test did (difference ${difference} over ${clips} clips): the ` +
      'recordings or the file have changed. Nothing was written; run the same comparison again.',
  );
}

/** Writes what a model says of itself beside it: not every runtime can read that from the file. */
async function writeCard(target: string): Promise<void> {
  const model = await DeployedModel.open(target);
  await model.close();
  await writeWhole(cardPath(target), cardJson(model.card));
}

/** The file appears when it is complete. */
async function copyWhole(source: string, target: string): Promise<void> {
  await makeFolder(dirname(target));
  const draft = `${target}.${process.pid}`;
  await copyFile(source, draft);
  await rename(draft, target);
}
