import { z } from 'zod';
import { snrLevel } from '../../data/audio/mix-noise.js';
import { corpora, corpusChoices } from '../../data/corpora/registry.js';
import { selectionSettings } from '../../data/corpora/selection-settings.js';
import { featureSettings } from '../../data/features/settings.js';
import { windowSettings } from '../../data/segments/settings.js';
import { splitSettings } from '../../data/splits/registry.js';
import { networkChoices, networks } from '../../learning/networks/registry.js';
import { deviceChoice } from '../../learning/training/device.js';
import { trainingSettings } from '../../learning/training/settings.js';
import { augmentationList } from './augmentation.js';
import { type ExecutionSettings, executionSettings } from './execution.js';
import { idPattern } from './names.js';
import { presetNames } from './preset.js';
import { methodEntry } from './presets/registry.js';
import { reportedSettings } from './reported.js';
import { sweepSettings } from './sweep/settings.js';
import { trainingChanges } from './training-changes.js';

export const dataSettings = z.strictObject({
  corpus: z.enum(corpora.names).default('demo').describe('What kind of folder it is'),
  path: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'Where the recordings are; null for the demo corpus, which is made for `data`. `orthogonal.data` always needs a path',
    ),
  ...corpusChoices.shape,
  noise: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'A folder of noise recordings: mixed into every clip at `snr`, or by the split confounded-noise',
    ),
  snr: z
    .array(snrLevel)
    .min(1)
    .optional()
    .describe(
      'Signal-to-noise ratios in dB: every clip gets a noise of `noise` at one of them at random, always the same, which become the labels `noise` and `snr`',
    ),
  noisePart: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(
      'With `snr`: the part of each noise recording, from its start, that is heard, so that what follows can be kept for a test. Left out: all of it',
    ),
  problems: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe('What to do about files that cannot be read: stop and list them, or go on without them'),
  ...selectionSettings,
});

export const networkSettings = z.strictObject({
  name: z.enum(networks.names).default('vgg-small').describe('A network by name'),
  model: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'An .onnx file to be trained instead. A task with another number of classes gets a last layer of its own, with fresh weights',
    ),
  ...networkChoices.shape,
});

/** Of the target; an orthogonal network hears its clips as they are. */
const targetTraining = trainingSettings.extend({
  augmentation: augmentationList
    .optional()
    .describe(
      "What is done to the target's training clips in each epoch anew, in this order; never to validation or test clips, nor to those of orthogonal networks. Left out: nothing",
    ),
});

export const orthogonalSettings = z.strictObject({
  name: z
    .string()
    .regex(idPattern.form, idPattern.message)
    .optional()
    .describe(
      'What objectives and the folder of its networks call it: small letters, digits and dashes, each task another; the column (and its corpus, where two have it) when absent',
    ),
  column: z.string().describe('The label that is to be forgotten'),
  data: dataSettings.optional().describe('Another corpus to learn it from; the target corpus when absent'),
  model: z
    .string()
    .nullable()
    .default(null)
    .describe('An .onnx network trained already (features in, logits out)'),
  network: networkSettings
    .nullable()
    .default(null)
    .describe("The task's own network; null for the same as the target's"),
  training: trainingChanges
    .default({})
    .describe("What differs from the target's training, of which freeze and rates are not taken over"),
  seedOffset: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      "Added to each seed for the first weights and batches of the task's network: a task written twice, once with 1, has another seed's network of the same clips, a control",
    ),
  rare: z
    .enum(['train', 'leave-out'])
    .default('train')
    .describe(
      'What to do about labels of one recording only, which cannot both train its network and choose the epoch: train only, or leave their clips out of its training',
    ),
});

/** Everything that a comparison is. */
export const configSchema = z.strictObject({
  preset: z
    .enum(presetNames)
    .optional()
    .describe(
      'Other defaults: paper, those of arXiv 2006.06494 and its released code, for its network, training, segments and, of the corpora that it has, classes, balance and lengths (docs/paper.md). What is given stands',
    ),
  name: z
    .string()
    .regex(
      /^\w[\w.-]*$/,
      'a name is letters, digits, dots, dashes and underscores, and begins with a letter, a digit or an underscore',
    )
    .default('comparison')
    .describe('Name of the comparison and of its folder'),
  data: dataSettings.prefault({}).describe('The recordings'),
  target: z.string().describe('The label column to learn'),
  orthogonal: z
    .union([orthogonalSettings, z.array(orthogonalSettings).min(1)])
    .describe(
      'What to forget: CKA and a probe look for each. Confounded splits are about the first, and so are objectives that name none',
    ),
  split: splitSettings.describe('Which clips are for training, validation and test'),
  features: featureSettings.prefault({}).describe('From samples to features'),
  segments: windowSettings
    .nullable()
    .default(null)
    .describe(
      'Clips longer than `features.seconds` are cut into windows, whose scores are averaged in the test; null crops them',
    ),
  network: networkSettings
    .prefault({})
    .describe('The network of the target, and of the orthogonal tasks, each trained from new weights'),
  tap: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'The convolution or pooling that objectives look at, or input; null for the last convolution (as-published: in vgg16 where the released code looks, conv5_2)',
    ),
  position: z.enum(['after', 'before']).default('after').describe('After or before the activation function'),
  training: targetTraining.prefault({}).describe('How the networks are trained'),
  methods: z.array(methodEntry).min(1).describe('What is compared; the first is the reference'),
  seeds: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('Trainings of each method, each with its own seed'),
  firstSeed: z.number().int().min(0).default(1).describe('The first seed; the others follow'),
  splits: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Splits that the seeds share: with 30 seeds and 10 splits each is learned from three times, by other first weights, and intervals are over its means; one for each seed when left out',
    ),
  firstSplit: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('The seed by which the first split is drawn; firstSeed when left out'),
  removableThreshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe(
      'CKA of the reference to the orthogonal network, on validation clips, below which the report says that a penalty on CKA has little to remove; measured for vgg-small (docs/method.md)',
    ),
  reported: reportedSettings
    .optional()
    .describe(
      'What others measured of the same question, in percent: “antitransfer table” puts it beside what is measured here',
    ),
  device: deviceChoice
    .optional()
    .describe(
      'What computes the networks, one training at a time: cpu when left out, auto for the fastest here. Another device rounds otherwise, so that its trainings are others; features are computed by the processor on all',
    ),
  execution: executionSettings
    .prefault({})
    .describe('How this machine carries it out; no number depends on it'),
});

/** What a file may say of many comparisons, beside what one comparison is. */
export const sweepSchema = z.strictObject({ sweep: sweepSettings });

const { execution: _, orthogonal: __, preset: ___, ...asked } = configSchema.shape;
const namedTask = orthogonalSettings.extend({ name: z.string() });

/** What is asked, as it is stored: every task has its name. */
export const experimentSchema = z.strictObject({
  ...asked,
  orthogonal: z.tuple([namedTask], namedTask),
});

/** A comparison as a file gives it. */
export type ConfigInput = z.input<typeof configSchema>;
export type DataSettings = z.infer<typeof dataSettings>;
/** An orthogonal task; it has a name once defaults are filled in. */
export type OrthogonalSettings = z.infer<typeof orthogonalSettings> & { readonly name: string };

export type NetworkSettings = z.infer<typeof networkSettings>;

type Parsed = z.infer<typeof configSchema>;

/** What is asked, with every default filled in: the numbers that come out depend only on it and on the recordings. */
export type Experiment = Omit<Parsed, 'orthogonal' | 'execution' | 'preset'> & {
  readonly orthogonal: readonly [OrthogonalSettings, ...OrthogonalSettings[]];
};

/** A comparison's file, read and checked. */
export interface Config {
  readonly experiment: Experiment;
  readonly execution: ExecutionSettings;
}

/** What a comparison is, as JSON schema (draft 2020-12). */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return { ...schema, title: 'antitransfer comparison' };
}

/** What a file may hold as JSON schema, for editors: a comparison, or many of them. */
export function sweepJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema.extend(sweepSchema.partial().shape), { io: 'input' });
  return { ...schema, title: 'antitransfer comparison, or a sweep over many' };
}
