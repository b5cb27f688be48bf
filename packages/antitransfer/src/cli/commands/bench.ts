import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { Random } from 'onnx-autograd/random';
import { profileLayers } from '../../bench/layers.js';
import type { StepSettings } from '../../bench/settings.js';
import { type StepTiming, timeSteps } from '../../bench/step.js';
import { buildNetwork, networks } from '../../learning/networks/registry.js';
import { aggregations } from '../../learning/objectives/aggregations/registry.js';
import { similarities } from '../../learning/objectives/similarities/registry.js';
import { itemAt } from '../../lookup.js';
import { deviceOption } from '../device-option.js';
import { addExamples } from '../examples.js';
import { layersText } from '../layers-text.js';
import { plainTable } from '../plain-table.js';
import { featureShape, oneOf, positiveNumber, requireKnown, wholeNumber } from '../values.js';

type Flags = Omit<StepSettings, 'tap'> & { readonly tap?: string; readonly json?: boolean };

/** `antitransfer bench step` and `antitransfer bench layers` */
export function defineBench(command: Command): void {
  const step = command
    .command('step')
    .description(
      'Times anti-transfer training steps on noise (forward, backward, Adam), after one that is not timed. The head is ' +
        'the mean over time and frequency, and one linear layer of ten classes.',
    );
  addStepOptions(step).action(runStep);
  const layers = command
    .command('layers')
    .description(
      'Says where the time of such a step goes: GFLOP/s of every layer forward, of the gradient of its input and of its ' +
        "filter, beside the machine's own large matrix product, and the time of every operator. Adam is not in it.",
    );
  addStepOptions(layers).action(runLayers);
  const example = [
    'bench step --model vgg16 --width 0.25 --batch 16 --tap conv2_2 --json',
    'a quarter of the channels, one line of JSON',
  ] as const;
  addExamples(step, [
    example,
    ['bench step --plain', 'the full network without a penalty'],
    ['bench step --device webgpu', 'on a graphics card'],
  ]);
  addExamples(layers, [['bench layers --width 0.25 --batch 16', 'where the time of its step goes']]);
  addExamples(command, [example]);
}

function addStepOptions(command: Command): Command {
  const models = networks.names;
  const aggregationNames = aggregations.names;
  const similarityNames = similarities.names;
  return command
    .option('--model <name>', `the network (${models.join(', ')})`, oneOf(models), 'vgg16')
    .option('--width <factor>', 'multiplies the number of channels', positiveNumber, 1)
    .addOption(
      new Option('--input <shape>', 'channels x frames x bins of the features')
        .argParser(featureShape)
        .default([1, 126, 129], '1x126x129'),
    )
    .option('--batch <n>', 'clips in a batch', wholeNumber(1), 8)
    .option('--tap <name>', 'where the penalty looks (default: the fourth convolution)')
    .option(
      '--aggregation <name>',
      `of the maps (${aggregationNames.join(', ')})`,
      oneOf(aggregationNames),
      'gram',
    )
    .option(
      '--similarity <name>',
      `of the aggregates (${similarityNames.join(', ')})`,
      oneOf(similarityNames),
      'squared-cosine',
    )
    .option('--steps <n>', 'steps that are measured', wholeNumber(1), 5)
    .option('--threads <n>', 'threads inside one step', wholeNumber(1), availableParallelism())
    .option('--cached', "count the frozen network's aggregates as cached", false)
    .option('--plain', 'leave the penalty out', false)
    .option('--recompute', 'compute activations again for the backward pass', false)
    .addOption(deviceOption())
    .option('--json', 'print one line of JSON');
}

async function runStep({ json, ...flags }: Flags): Promise<void> {
  const settings = settingsOf(flags);
  const timing = await timeSteps(settings);
  print(json ? JSON.stringify({ ...measured(settings), ...timing }) : stepText(settings, timing));
}

async function runLayers({ json, ...flags }: Flags): Promise<void> {
  const settings = settingsOf(flags);
  const profile = await profileLayers(settings);
  print(json ? JSON.stringify({ ...measured(settings), ...profile }) : layersText(settings, profile));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function measured({ input, ...others }: StepSettings) {
  return { ...others, input: input.join('x') };
}

function settingsOf({ tap, ...flags }: Omit<Flags, 'json'>): StepSettings {
  const taps = tapsOf(flags);
  if (tap !== undefined) requireKnown('tap', tap, taps);
  const convolutions = taps.filter((name) => name.startsWith('conv'));
  return { ...flags, tap: tap ?? itemAt(convolutions, 3) };
}

/** Taps have their names from the layers, whatever the width. */
function tapsOf({ model }: Pick<StepSettings, 'model'>): string[] {
  const small = {
    classes: 2,
    input: [1, 16, 16],
    width: 0.05,
    head: 'pooled',
    random: new Random(1),
  } as const;
  return [...buildNetwork(model, small).taps.keys()];
}

function stepText(
  settings: StepSettings,
  { device, msPerStep, msPerStepMin, peakRssMiB }: StepTiming,
): string {
  const { model, width, input, batch, tap, aggregation, similarity, threads, cached, plain, recompute } =
    settings;
  const penalty = plain
    ? 'none'
    : `${aggregation}, ${similarity} at ${tap}, frozen network ${cached ? 'cached' : 'run in every step'}`;
  return plainTable(
    [
      { head: `${model}, width ${width}` },
      { head: `input ${input.join('x')}, batch ${batch}, threads ${threads}` },
    ],
    [
      ['device', device],
      ['penalty', penalty],
      ...(recompute ? [['activations', 'computed again']] : []),
      ['median step', `${msPerStep} ms`],
      ['fastest step', `${msPerStepMin} ms`],
      ['peak memory', `${peakRssMiB} MiB`],
    ],
  );
}
