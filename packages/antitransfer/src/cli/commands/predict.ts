import type { Command } from 'commander';
import { DeployedModel } from '../../inference/deployed-model.js';
import { type ClipPrediction, type ClipPredictions, predictClips } from '../../inference/predict-clips.js';
import type { ModelCard } from '../../learning/networks/deploy.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { percent } from '../percent.js';
import { plainTable } from '../plain-table.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { wholeNumber } from '../values.js';

interface Flags {
  readonly batch: number;
  readonly json?: boolean;
}

/** More classes than this do not fit a terminal as columns. */
const COLUMNS = 12;

/** `antitransfer predict MODEL FILE...` */
export function definePredict(command: Command): void {
  command
    .description(
      'Labels recordings with a model. They are resampled, and cropped or padded, as the model says. Files that cannot ' +
        'be read, or that the model has no answer to, are listed, the others still labelled; the exit code is then 1.',
    )
    .argument('<model>', 'an .onnx file from the folder "models" of a run, or from "antitransfer export"')
    .argument('<file...>', 'recordings: WAV, FLAC, MP3, Ogg Vorbis, Opus')
    .option('--batch <n>', 'recordings computed at once', wholeNumber(1), 16)
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['predict digits.onnx seven.wav eight.mp3', 'the label of two recordings'],
    ['predict digits.onnx recordings/*.wav --json > labels.json', 'of a whole folder, as JSON'],
  ]);
}

async function run(path: string, files: readonly string[], { batch, json }: Flags): Promise<void> {
  const model = await DeployedModel.open(path);
  const clips = files.map((file) => ({ id: file, path: file, labels: {} }));
  const progress = new ProgressLine('Labelling');
  try {
    const answers = await predictClips(model, clips, { batch, onProgress: progress.show });
    progress.finish();
    const text = json ? JSON.stringify(asJson(path, model.card, answers)) : asText(model.card, answers);
    if (text !== '') process.stdout.write(`${text}\n`);
    for (const { message } of answers.problems) process.stderr.write(`${printable(message)}\n`);
    if (answers.problems.length > 0) process.exitCode = exitCodes.problems;
  } finally {
    progress.finish();
    await model.close();
  }
}

function asJson(path: string, { target, classes }: ModelCard, { predictions, problems }: ClipPredictions) {
  return {
    model: path,
    target,
    classes,
    predictions: predictions.map(({ clip, label, probabilities }) => ({
      file: clip.id,
      label,
      probabilities: Object.fromEntries(classes.map((name, index) => [name, probabilities[index]])),
    })),
    problems: problems.map(({ path: file, reason, message }) => ({ file, reason, message })),
  };
}

function asText({ target, classes }: ModelCard, { predictions }: ClipPredictions): string {
  if (predictions.length === 0) return '';
  const few = classes.length <= COLUMNS;
  const heads = few
    ? classes.map((head) => ({ head, align: 'right' as const }))
    : [{ head: 'most probable' }];
  const row = (prediction: ClipPrediction) => [
    prediction.clip.id,
    prediction.label,
    ...(few ? prediction.probabilities.map((value) => value.toFixed(2)) : [topThree(prediction, classes)]),
  ];
  return plainTable([{ head: 'file' }, { head: target }, ...heads], predictions.map(row));
}

function topThree({ probabilities }: ClipPrediction, classes: readonly string[]): string {
  return probabilities
    .map((value, index) => ({ value, name: classes[index] }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 3)
    .map(({ value, name }) => `${name} ${percent(value)}`)
    .join(', ');
}
