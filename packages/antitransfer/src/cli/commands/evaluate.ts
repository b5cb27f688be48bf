import { join } from 'node:path';
import type { Command } from 'commander';
import {
  accuracyByGroup,
  accuracyOf,
  confusionMatrix,
  crossEntropy,
  type GroupAccuracies,
  macroF1,
} from '../../analysis/scores.js';
import type { Clip, Corpus } from '../../data/clip.js';
import { writeDemoCorpus } from '../../data/corpora/demo/corpus.js';
import { UserError } from '../../errors.js';
import { DeployedModel } from '../../inference/deployed-model.js';
import { type ClipPredictions, predictClips } from '../../inference/predict-clips.js';
import type { ModelCard } from '../../learning/networks/deploy.js';
import { addCorpusFlags, type CorpusFlags, openCorpus } from '../corpus-source.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { defaultCache } from '../folders.js';
import { percent } from '../percent.js';
import { plainTable } from '../plain-table.js';
import { printable, printableLines } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { requireKnown, wholeNumber } from '../values.js';

interface Flags extends CorpusFlags {
  readonly data?: string;
  readonly column?: string;
  readonly by?: string;
  readonly batch: number;
  readonly json?: boolean;
}

/** What a model is worth on a corpus, as it is printed as JSON. */
interface Scores {
  readonly clips: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly crossEntropy: number;
  readonly classes: readonly string[];
  /** True classes by predicted classes. */
  readonly confusion: readonly (readonly number[])[];
  readonly by?: GroupAccuracies & { readonly column: string };
}

/** `antitransfer evaluate MODEL` */
export function defineEvaluate(command: Command): void {
  command
    .description(
      'Tests a model on labelled recordings: accuracy, macro-F1, which class is taken for which, and whether it serves ' +
        'every speaker (or any other label) alike. Recordings that cannot be read are listed and left out; the exit ' +
        'code is then 1.',
    )
    .argument('<model>', 'an .onnx file from the folder "models" of a run, or from "antitransfer export"')
    .option('--data <path>', 'the recordings (default: the whole demo corpus, which is made)')
    .option('--column <label>', "the column with the true labels (default: the model's)")
    .option('--by <label>', 'accuracy within each label of another column, and the largest gap')
    .option('--batch <n>', 'recordings computed at once', wholeNumber(1), 32)
    .option('--json', 'print JSON')
    .action(run);
  addCorpusFlags(command);
  addExamples(command, [
    [
      'evaluate digits.onnx --by speaker',
      'on the demo corpus (a model of the demo has learned from a part of it)',
    ],
    ['evaluate digits.onnx --data recordings --corpus fsdd --by speaker', 'on the FSDD corpus'],
    ['evaluate digits.onnx --data mine.csv --column word --json', 'on your own table of recordings'],
  ]);
}

async function run(path: string, flags: Flags): Promise<void> {
  if (flags.data === undefined && flags.corpus !== undefined) {
    throw new UserError(`--corpus ${flags.corpus} needs --data: where are the recordings?`);
  }
  const model = await DeployedModel.open(path);
  const progress = new ProgressLine('Labelling');
  try {
    const corpus = await openCorpus(flags.data ?? (await demoCorpus()), flags);
    const column = flags.column ?? model.card.target;
    checkLabels(corpus, column, flags.by, model.card);
    const { predictions, problems } = await predictClips(model, corpus.clips, {
      batch: flags.batch,
      onProgress: progress.show,
    });
    progress.finish();
    if (predictions.length === 0) throw new UserError(listOf(problems));
    const answers = predictions.map(({ clip, label, probabilities }) => ({
      clip,
      truth: clip.labels[column] ?? '',
      predicted: label,
      probabilities,
    }));
    const scores = score(answers, model.card.classes, flags.by);
    if (flags.json) {
      const listed = problems.map(({ path: file, reason, message }) => ({ file, reason, message }));
      const what = { model: path, corpus: corpus.name, column };
      process.stdout.write(`${JSON.stringify({ ...what, ...scores, problems: listed })}\n`);
    } else process.stdout.write(`${asText(scores, column)}\n`);
    if (problems.length > 0) {
      process.stderr.write(`${printableLines(listOf(problems))}\n`);
      process.exitCode = exitCodes.problems;
    }
  } finally {
    progress.finish();
    await model.close();
  }
}

/** The corpus that the built-in comparison is trained on. */
async function demoCorpus(): Promise<string> {
  const folder = join(defaultCache(), 'demo-30');
  const progress = new ProgressLine('Speaking the demo corpus');
  await writeDemoCorpus(folder, { takes: 30, onProgress: progress.show });
  progress.finish();
  return folder;
}

/** Every clip has a label that the model knows. */
function checkLabels(
  { clips, name }: Corpus,
  column: string,
  by: string | undefined,
  { classes }: ModelCard,
): void {
  const columns = [...new Set(clips.flatMap(({ labels }) => Object.keys(labels)))];
  requireKnown('label column', column, columns);
  if (by !== undefined) requireKnown('label column', by, columns);
  const unknown = clips.filter(({ labels }) => !classes.includes(labels[column] ?? ''));
  const [first] = unknown;
  if (first === undefined) return;
  throw new UserError(
    `${unknown.length} of ${clips.length} clips of the corpus "${name}" have a ${column} that the model does not know, ` +
      `such as "${first.labels[column] ?? ''}" (${first.id}); it knows ${classes.join(', ')}. ` +
      'Name another column with --column, or leave these clips out of the corpus.',
  );
}

interface Answer {
  readonly clip: Clip;
  readonly truth: string;
  readonly predicted: string;
  readonly probabilities: readonly number[];
}

function score(answers: readonly Answer[], classes: readonly string[], by: string | undefined): Scores {
  return {
    clips: answers.length,
    accuracy: accuracyOf(answers),
    macroF1: macroF1(answers),
    crossEntropy: crossEntropy(answers, classes),
    classes,
    confusion: confusionMatrix(answers, classes),
    ...(by !== undefined && {
      by: { column: by, ...accuracyByGroup(answers, ({ clip }) => clip.labels[by] ?? '(none)') },
    }),
  };
}

function listOf(problems: ClipPredictions['problems']): string {
  const what = problems.length === 1 ? 'A recording' : `${problems.length} recordings`;
  return `${what} could not be used:\n${problems.map(({ message }) => `  ${message}`).join('\n')}`;
}

function asText(scores: Scores, column: string): string {
  const { clips, accuracy, macroF1: f1, classes, confusion, by } = scores;
  const right = { align: 'right' } as const;
  const parts = [
    `${clips} clips: accuracy ${percent(accuracy)}, macro-F1 ${percent(f1)}`,
    `True ${printable(column)} (rows) and what it was taken for (columns):\n${plainTable(
      [{ head: '' }, ...classes.map((head) => ({ head, ...right }))],
      confusion.map((row, index) => [classes[index] ?? '', ...row.map((count) => count || '·')]),
    )}`,
  ];
  if (by !== undefined) {
    const rows = by.groups.map(({ group, accuracy: share, count }) => [group, percent(share), count]);
    const heads = [{ head: by.column }, { head: 'accuracy', ...right }, { head: 'clips', ...right }];
    parts.push(`${plainTable(heads, rows)}\nlargest gap: ${(100 * by.largestGap).toFixed(1)} points`);
  }
  return parts.join('\n\n');
}
