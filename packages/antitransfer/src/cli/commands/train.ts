import type { Command } from 'commander';
import { formatDuration } from '../../answers/format.js';
import type { RunResult } from '../../answers/results.js';
import { methodsOf } from '../../runs/config/methods.js';
import { experimentOfOne } from '../../runs/one-method.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
import { type TrainedRun, train } from '../../train.js';
import { CompareProgress } from '../compare-progress.js';
import { addConfigFlags } from '../config-flags.js';
import { type ConfigFlags, configOf } from '../config-source.js';
import { addExamples } from '../examples.js';
import { addRunFlags, foldersOf, type RunFlags } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { percent } from '../percent.js';
import { plainTable } from '../plain-table.js';
import { wholeNumber } from '../values.js';

type Flags = ConfigFlags &
  RunFlags & { readonly method?: string; readonly seed?: number; readonly json?: boolean };

/** `antitransfer train [CONFIG]` */
export function defineTrain(command: Command): void {
  command
    .description(
      'Trains one method with one seed (in every fold, when the split has folds), the orthogonal networks first unless ' +
        'they are kept from an earlier run. Ctrl-C saves; the same command continues.',
    )
    .argument('[config]', "a comparison's YAML file; without one, the demo on synthetic voices")
    .option(
      '--method <id>',
      "what to train: one of the configuration's methods (default: the first) or a known one",
    )
    .option('--seed <n>', "the seed (default: the configuration's first)", wholeNumber(0))
    .option('--data <path>', 'where the recordings are; without a configuration: the FSDD corpus')
    .option('--json', 'print the result as JSON')
    .action(run);
  addRunFlags(command, 'runs/NAME-METHOD-SEED');
  addConfigFlags(command);
  addExamples(command, [
    ['train --method cka-auxiliary', 'on the demo voices'],
    ['train my.yaml --method cka --seed 2 --output runs/cka', 'on your own configuration'],
  ]);
}

async function run(path: string | undefined, flags: Flags): Promise<void> {
  const { experiment: all, execution } = await configOf(path, flags);
  const experiment = experimentOfOne(all, flags.method, flags.seed ?? all.firstSeed);
  const method = methodsOf(experiment).at(-1)?.id ?? '';
  const folders = foldersOf(flags, `${experiment.name}-${method}-${experiment.firstSeed}`);
  const progress = new CompareProgress();
  const signal = abortOnInterrupt(() => progress.stopping());
  try {
    const runs = await train({ experiment, execution }, { ...folders, signal, observer: progress });
    progress.finish();
    process.stdout.write(flags.json ? `${JSON.stringify(asJson(runs, folders.folder))}\n` : asText(runs));
  } finally {
    progress.finish();
  }
}

function asJson(runs: readonly TrainedRun[], folder: string) {
  return {
    folder,
    runs: runs.map(({ run, ...files }) => {
      const { method, seed, fold, bestEpoch, epochs, seconds, test, tasks } = run;
      return { method, seed, fold, bestEpoch, epochs: epochs.length, seconds, test, tasks, ...files };
    }),
  };
}

function asText(runs: readonly TrainedRun[]): string {
  return runs
    .map(({ run, network, model, events }) => `\n${resultTable(run, { model, network, events })}\n`)
    .join('');
}

function resultTable(run: RunResult, files: Readonly<Record<string, string>>): string {
  const { test, tasks } = run;
  const contradicting: [string, string][] = test.contradicting
    ? [['on clips that contradict the confound', percent(test.contradicting.accuracy)]]
    : [];
  return plainTable(
    [{ head: `${run.method}, ${repetitionName(run)}` }, { head: '' }],
    [
      ['test accuracy', percent(test.accuracy)],
      ...contradicting,
      ['macro-F1', percent(test.macroF1)],
      ...tasks.flatMap(({ name, cka, probe }) => [
        [`CKA to the ${name} network`, cka.toFixed(2)],
        [`${name} read by a probe`, `${percent(probe.accuracy)} (chance ${percent(probe.chance)})`],
      ]),
      ['epoch chosen', `${run.bestEpoch} of ${run.epochs.length}, in ${formatDuration(run.seconds)}`],
      ...Object.entries(files),
    ],
  );
}
