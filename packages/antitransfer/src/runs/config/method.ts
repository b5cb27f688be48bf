import { z } from 'zod';
import { describeObjective, objectiveSettings } from '../../learning/objectives/registry.js';
import { idPattern } from './names.js';

/** A way to train that is compared with others. */
export const methodSettings = z.strictObject({
  id: z
    .string()
    .regex(idPattern.form, idPattern.message)
    .describe('Short name: small letters, digits and dashes'),
  label: z.string().optional().describe('For people; made up from the name when absent'),
  description: z.string().optional().describe('One sentence for the report'),
  start: z
    .string()
    .default('random')
    .describe(
      'First weights: random, orthogonal (the orthogonal network), or the name of a method to continue from',
    ),
  objectives: z
    .array(objectiveSettings)
    .default([])
    .describe(
      'What joins the cross-entropy: penalties, adversaries, distances, how clips are weighted or drawn',
    ),
  control: z.boolean().default(false).describe('A control, which is expected to gain nothing'),
});

export type MethodSettings = z.infer<typeof methodSettings>;

type MethodPreset = z.input<typeof methodSettings> & { readonly label: string; readonly description: string };

const correlation = { similarity: 'correlation', beta: 10 } as const;
const cka = { similarity: 'cka', beta: 1 } as const;

/** Methods by name: what a configuration may write as a word. */
export const methodPresets: readonly MethodPreset[] = [
  { id: 'no-transfer', label: 'no transfer', description: 'The target task alone, from random weights.' },
  {
    id: 'weight-initialisation',
    label: 'weight initialisation',
    description: "Starts from the orthogonal network's convolutions; no penalty.",
    start: 'orthogonal',
  },
  {
    id: 'as-published',
    label: 'anti-transfer as published',
    description:
      'Gram matrix over batch and channels, squared cosine of its rows, beta 1: the loss of the official code.',
    objectives: [{ similarity: 'squared-cosine-rows', aggregation: 'gram-batch' }],
  },
  {
    id: 'gram',
    label: 'Gram, one a sample',
    description: 'Gram matrix of each sample, squared cosine of the whole matrix.',
    objectives: [{ similarity: 'squared-cosine', aggregation: 'gram' }],
  },
  {
    id: 'cka',
    label: 'CKA',
    description: 'Penalises linear CKA with the orthogonal network over the target batch.',
    objectives: [cka],
  },
  {
    id: 'cka-auxiliary',
    label: 'CKA, auxiliary clips',
    description:
      'Penalises linear CKA over the clips of the orthogonal network; confounded splits balance them over both labels.',
    objectives: [{ ...cka, clips: 'auxiliary' }],
  },
  {
    id: 'correlation',
    label: 'correlation',
    description:
      'Penalises the squared correlation of channels with those of the orthogonal network over the target batch.',
    objectives: [correlation],
  },
  {
    id: 'correlation-auxiliary',
    label: 'correlation, auxiliary clips',
    description:
      'The same over the clips of the orthogonal network; confounded splits balance them over both labels.',
    objectives: [{ ...correlation, clips: 'auxiliary' }],
  },
  {
    id: 'shuffled-control',
    label: 'control: shuffled',
    description:
      "CKA over auxiliary clips with the frozen network's maps of other clips: what it gains is not from forgetting.",
    objectives: [{ ...cka, clips: 'auxiliary', shuffled: true }],
    control: true,
  },
];

/** A method as a configuration writes it: a word for one of the presets, or all of it. */
export const methodEntry = z.union([
  z.enum(methodPresets.map(({ id }) => id)).describe('A method by name'),
  methodSettings,
]);

/** The method that an entry stands for. */
export function resolveMethod(entry: z.infer<typeof methodEntry>): MethodSettings {
  if (typeof entry !== 'string') return entry;
  return methodSettings.parse(methodPresets.find(({ id }) => id === entry));
}

/** Whether a method is one of the paper's: its objectives, or the start from the orthogonal network without any. */
export function isPublished({ objectives, start }: MethodSettings): boolean {
  if (objectives.length === 0) return start === 'orthogonal';
  return objectives.every((settings) => describeObjective(settings).isPublished);
}
