import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DeviceChoice } from 'onnx-autograd';
import {
  accuracyByGroup,
  accuracyOf,
  confusionMatrix,
  crossEntropy,
  type GroupAccuracies,
  macroF1,
} from '../../analysis/scores.js';
import { corpusLines } from '../../data/account/text.js';
import type { Clip } from '../../data/clip.js';
import { UserError } from '../../errors.js';
import { writeWhole } from '../../files/write-whole.js';
import { DeployedModel } from '../../inference/deployed-model.js';
import { predictEach } from '../../inference/predict-clips.js';
import type { ClipPrediction, PredictionProblem } from '../../inference/prediction.js';
import type { ModelCard } from '../../learning/networks/model-card.js';
import { addCorpusFlags, type CorpusFlags, openCorpus } from '../corpus-source.js';
import { deviceOption } from '../device-option.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { abortOnInterrupt } from '../interrupt.js';
import { percent } from '../percent.js';
import { plainTable } from '../plain-table.js';
import { answersCsv } from '../predictions/answers.js';
import { printable, printableLines } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { requireOwn } from '../require-own.js';
import { addSegmentFlags, type SegmentFlags, segmentsOf } from '../segment-flags.js';
import { sentence } from '../sentence.js';
import { requireKnown, wholeNumber } from '../values.js';
import { windowNotes } from '../window-notes.js';

interface Flags extends CorpusFlags, SegmentFlags {
  readonly data?: string;
  readonly column?: string;
  readonly by?: string;
  readonly batch: number;
  readonly device?: DeviceChoice;
  readonly crop?: boolean;
  readonly predictions?: string;
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
        "every speaker (or any other label) alike. A clip longer than the model's segment is heard in windows, whose " +
        'probabilities are averaged. Recordings that cannot be read, and clips with nothing to hear, are listed and left ' +
        'out; the exit code is then 1.',
    )
    .argument('<model>', 'an .onnx file from the folder "models" of a run, or from "antitransfer export"')
    .option('--data <path>', 'the labelled recordings: a folder or a table (default: those of --config)')
    .option('--column <label>', "the column with the true labels (default: the model's)")
    .option('--by <label>', 'accuracy within each label of another column, and the largest gap')
    .option('--predictions <file>', 'write what is said of each clip to a CSV file')
    .option('--crop', 'hear the segment that training without "segments" looks at, not windows')
    .option('--batch <n>', 'windows computed at once', wholeNumber(1), 32)
    .addOption(deviceOption())
    .option('--json', 'print JSON')
    .action(run);
  addSegmentFlags(command);
  addCorpusFlags(command);
  addExamples(command, [
    [
      'evaluate digits.onnx --data spoken --by speaker',
      'on what "antitransfer data demo spoken" wrote (a model of the demo has learned from a part of it)',
    ],
    ['evaluate digits.onnx --data recordings --corpus fsdd --by speaker', 'on the FSDD corpus'],
    [
      'evaluate digits.onnx --config my.yaml --where "{session: 5}"',
      "on a part of a comparison's recordings, its labels renamed as there",
    ],
    ['evaluate digits.onnx --data mine.csv --column word --json', 'on your own table of recordings'],
  ]);
}

async function run(path: string, flags: Flags): Promise<void> {
  const { data, config } = flags;
  if (data === undefined && config === undefined) {
    throw new UserError(
      'evaluate needs --data: where are the labelled recordings? They may be those of a configuration (--config). For the ' +
        'demo corpus, write it with "antitransfer data demo spoken" and give --data spoken.',
    );
  }
  if (
    flags.predictions !== undefined &&
    [path, data, config].some(
      (file) => file !== undefined && resolve(file) === resolve(flags.predictions ?? ''),
    )
  ) {
    throw new UserError(
      `--predictions "${flags.predictions}" would replace what is read. Name another file.`,
    );
  }
  if (flags.predictions !== undefined) await requireOwn('--predictions', flags.predictions, 'clip,truth,');
  const signal = abortOnInterrupt(() => process.stderr.write('Stopping.\n'));
  const model = await DeployedModel.open(path, flags.device);
  const progress = new ProgressLine('Labelling');
  try {
    const { clips, account } = await openCorpus(data, flags);
    const leftOut = account.leftOut.length + account.renamed.length > 0 ? corpusLines(account) : [];
    const column = flags.column ?? model.card.target;
    checkLabels(clips, column, flags.by, model.card);
    const predictions: ClipPrediction[] = [];
    const problems: PredictionProblem[] = [];
    for await (const answer of predictEach(model, clips, {
      batch: flags.batch,
      longer: flags.crop ? 'crop' : 'windows',
      segments: segmentsOf(flags),
      signal,
      onProgress: ({ done, total, within }) =>
        progress.show(`${done} of ${total} clips`, (done + within) / Math.max(1, total)),
    })) {
      if (answer instanceof Error) problems.push(answer);
      else predictions.push(answer);
    }
    progress.finish();
    const notes = [...leftOut, ...windowNotes(predictions, model.card, segmentsOf(flags))].map((note) =>
      sentence(note, process.stderr),
    );
    const answers = answersOf(predictions, column);
    if (answers.length === 0) throw new UserError([...listOf(problems), ...notes].join('\n'));
    if (flags.predictions !== undefined) {
      await writeWhole(resolve(flags.predictions), answersCsv(predictions, column, model.card.classes));
    }
    const scores = score(answers, model.card.classes, flags.by);
    const unheard = predictions.filter(({ label }) => label === undefined).map(({ clip }) => clip.id);
    if (flags.json) {
      const listed = problems.map(({ path: file, reason, message }) => ({ file, reason, message }));
      const what = { model: path, corpus: account.corpus, column, leftOut: account.leftOut };
      process.stdout.write(`${JSON.stringify({ ...what, ...scores, unheard, problems: listed })}\n`);
    } else process.stdout.write(`${asText(scores, column)}\n`);
    for (const line of [...notes, ...listOf(problems)]) process.stderr.write(`${printableLines(line)}\n`);
    if (problems.length > 0 || unheard.length > 0) process.exitCode = exitCodes.problems;
  } finally {
    progress.finish();
    await model.close();
  }
}

interface Answer {
  readonly clip: Clip;
  readonly truth: string;
  readonly predicted: string;
  readonly probabilities: readonly number[];
}

/** The clips in which there is something to hear, with what they are and what was said. */
function answersOf(predictions: readonly ClipPrediction[], column: string): Answer[] {
  return predictions.flatMap(({ clip, label, probabilities }) =>
    label === undefined ? [] : [{ clip, truth: clip.labels[column] ?? '', predicted: label, probabilities }],
  );
}

/** Every clip has a label that the model knows. */
function checkLabels(
  clips: readonly Clip[],
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
    `${unknown.length} of ${clips.length} clips have a ${column} that the model does not know, ` +
      `such as "${first.labels[column] ?? ''}" (${first.id}); it knows ${classes.join(', ')}. ` +
      `Name another column with --column, rename labels or leave these clips out with --labels ('{${column}: {keep: [${classes.slice(0, 2).join(', ')}]}}').`,
  );
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

/** What could not be used, for people; nothing when there is none. */
function listOf(problems: readonly PredictionProblem[]): string[] {
  if (problems.length === 0) return [];
  const what = problems.length === 1 ? 'A recording' : `${problems.length} recordings`;
  return [`${what} could not be used:\n${problems.map(({ message }) => `  ${message}`).join('\n')}`];
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
