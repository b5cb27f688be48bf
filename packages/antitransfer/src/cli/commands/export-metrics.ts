import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeMlflow } from '../../answers/tracking/mlflow.js';
import { writeTensorBoard } from '../../answers/tracking/tensorboard.js';
import { trackedRuns } from '../../answers/tracking/tracked-run.js';
import { wrapped } from '../../answers/wrapped.js';
import { addExamples } from '../examples.js';
import { namedResults } from '../named-results.js';
import { printable } from '../printable.js';
import { terminalWidth } from '../terminal-width.js';
import { oneOf } from '../values.js';

/** What writes a training for a program, and how that program is told to read it. */
const formats = {
  tensorboard: { write: writeTensorBoard, read: (folder: string) => `tensorboard --logdir "${folder}"` },
  mlflow: {
    write: writeMlflow,
    read: (folder: string) => `MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri "${folder}"`,
  },
};

const names = ['tensorboard', 'mlflow'] as const;

interface Flags {
  readonly format: (typeof names)[number];
  readonly output: string;
}

/** `antitransfer export-metrics RUNS… --format KIND --output FOLDER` */
export function defineExportMetrics(command: Command): void {
  command
    .description(
      'Writes what finished comparisons measured for TensorBoard (event files) or MLflow (a file store): a run a method, seed ' +
        'and fold, with its curves over the epochs and its scores on the test. The same comparison again is the same runs.',
    )
    .argument('<runs...>', 'folders that "antitransfer compare" wrote')
    .requiredOption('--format <kind>', `for which program (${names.join(', ')})`, oneOf(names))
    .requiredOption('--output <folder>', 'the folder that the program is told to read')
    .action(run);
  addExamples(command, [
    ['export-metrics runs/demo --format tensorboard --output events', 'then: tensorboard --logdir events'],
    [
      'export-metrics runs/* --format mlflow --output mlruns',
      'then: MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri mlruns',
    ],
  ]);
}

async function run(folders: readonly string[], { format, output }: Flags): Promise<void> {
  const { write, read } = formats[format];
  const folder = resolve(output);
  let count = 0;
  for (const { name, results } of await namedResults(folders)) {
    for (const tracked of trackedRuns(results, name)) {
      await write(folder, tracked);
      count += 1;
    }
  }
  const said = `${count} ${count === 1 ? 'run' : 'runs'} in ${printable(folder)}. Look at them with`;
  process.stdout.write(`${wrapped(said, terminalWidth())}\n\n${read(printable(folder))}\n`);
}
