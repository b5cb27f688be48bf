import type { Command } from 'commander';
import type { DeviceChoice } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { DeployedModel } from '../../inference/deployed-model.js';
import { predictEach, type SoundOptions } from '../../inference/predict-clips.js';
import type { ClipPrediction, PredictionProblem } from '../../inference/prediction.js';
import { deviceOption } from '../device-option.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { abortOnInterrupt } from '../interrupt.js';
import { type PredictionFormatName, predictionFormats } from '../predictions/formats.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { findRecordings } from '../recordings.js';
import { addSegmentFlags, type SegmentFlags, segmentsOf } from '../segment-flags.js';
import { sentence } from '../sentence.js';
import { soundNotes } from '../sound-notes.js';
import { oneOf, share, wholeNumber } from '../values.js';
import { windowNotes } from '../window-notes.js';

interface Flags extends SegmentFlags {
  readonly batch: number;
  readonly device?: DeviceChoice;
  readonly list?: string;
  readonly whole?: boolean;
  readonly windows?: boolean;
  readonly level?: number;
  readonly quietest?: number;
  readonly format: PredictionFormatName;
  readonly json?: boolean;
}

const formatNames = Object.keys(predictionFormats) as PredictionFormatName[];

/** `antitransfer predict MODEL FILE...` */
export function definePredict(command: Command): void {
  command
    .description(
      "Labels recordings with a model. A recording longer than the model's segment is gone through in windows, and each " +
        'window labelled; what has nothing to hear in it gets no label. Files that cannot be read, or that the model has ' +
        'no answer to, are listed, the others still labelled; the exit code is then 1.',
    )
    .argument('<model>', 'an .onnx file from the folder "models" of a run, or from "antitransfer export"')
    .argument('[file...]', 'recordings (WAV, FLAC, MP3, M4A, Ogg, WebM, AIFF …), and folders of them')
    .option('--list <file>', 'a text file with a path a line, taken from its folder; - is standard input')
    .option('--whole', 'one label a recording: the mean of the probabilities of its windows');
  addSegmentFlags(command)
    .option(
      '--windows',
      'windows that begin where a sound does, instead of one every --hop: what is said when; a sound of which the model is not sure enough gets no label',
    )
    .option(
      '--level <probability>',
      "with --windows: what the most probable label must reach (default: the model's level)",
      share,
    )
    .option(
      '--quietest <level>',
      'with --windows: root mean square, of 1, below which there is no sound (default: 0.001)',
      share,
    )
    .option(
      '--format <name>',
      'table; csv: a row a window; json; labels: a label track for Audacity, of one recording',
      oneOf(formatNames),
      'table',
    )
    .option('--json', 'the same as --format json')
    .option('--batch <n>', 'windows computed at once', wholeNumber(1), 16)
    .addOption(deviceOption())
    .action(run);
  addExamples(command, [
    ['predict digits.onnx seven.wav eight.mp3', 'the label of two recordings'],
    [
      'predict digits.onnx recordings --whole --format csv > labels.csv',
      'of a whole folder, one label a recording',
    ],
    [
      'predict digits.onnx hour.wav --windows --format labels > hour.txt',
      'what is said when, to be seen in Audacity',
    ],
  ]);
}

async function run(path: string, paths: readonly string[], flags: Flags): Promise<void> {
  const { files, sizes, notes } = await findRecordings(paths, flags.list);
  const format = flags.json ? 'json' : flags.format;
  if (format === 'labels' && files.length > 1) {
    throw new UserError(
      `A label track is of one recording; there are ${files.length}. Name one, or take --format csv.`,
    );
  }
  const sounds = soundsOf(flags);
  const signal = abortOnInterrupt(() => process.stderr.write('Stopping.\n'));
  const model = await DeployedModel.open(path, flags.device);
  const progress = new ProgressLine('Labelling');
  const shareOf = shares(sizes);
  try {
    const segments = segmentsOf(flags);
    const writer = predictionFormats[format]({
      model: path,
      card: model.card,
      whole: flags.whole ?? false,
      sounds: sounds !== undefined,
    });
    const predictions: Pick<ClipPrediction, 'clip' | 'label' | 'windows'>[] = [];
    const problems: PredictionProblem[] = [];
    const print = (text: string) => {
      if (text === '') return;
      progress.finish();
      process.stdout.write(text);
    };
    const clips = files.map((file) => ({ id: file, path: file, labels: {} }));
    for await (const answer of predictEach(model, clips, {
      batch: flags.batch,
      segments,
      ...(sounds && { sounds }),
      signal,
      onProgress: ({ done, within }) => {
        progress.show(`${done} of ${files.length} recordings`, shareOf(done, within));
      },
    })) {
      if (answer instanceof Error) problems.push(answer);
      else {
        print(writer.add(answer));
        predictions.push(answer);
      }
    }
    print(writer.end(problems));
    const found = sounds
      ? soundNotes(predictions, model.card, sounds)
      : windowNotes(predictions, model.card, segments);
    const said = [...notes, ...found].map((note) => sentence(note, process.stderr));
    for (const line of [...said, ...problems.map(({ message }) => printable(message))]) {
      process.stderr.write(`${line}\n`);
    }
    if (problems.length > 0) process.exitCode = exitCodes.problems;
  } finally {
    progress.finish();
    await model.close();
  }
}

/**
 * How sounds are looked for, where they are.
 *
 * @throws UserError when flags of the one way are given with the other
 */
function soundsOf({ windows, level, quietest, hop, minimum, minimumPeak }: Flags): SoundOptions | undefined {
  const others = windows
    ? { '--hop': hop, '--minimum': minimum, '--minimum-peak': minimumPeak }
    : { '--level': level, '--quietest': quietest };
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  if (given.length > 0) {
    const names = given.map(([name]) => name).join(', ');
    throw new UserError(
      windows
        ? `${names}: windows that begin where a sound does have none of it. Leave out either it or --windows.`
        : `${names}: said of windows that begin where a sound does. Add --windows.`,
    );
  }
  if (!windows) return undefined;
  return { ...(level !== undefined && { level }), ...(quietest !== undefined && { quietest }) };
}

/** How much of the work is done, by bytes, when some files are and a part of the next. */
function shares(sizes: readonly number[]): (done: number, within: number) => number {
  let total = 0;
  const before = sizes.map((size) => {
    total += size;
    return total - size;
  });
  return (done, within) => ((before[done] ?? total) + within * (sizes[done] ?? 0)) / Math.max(1, total);
}
