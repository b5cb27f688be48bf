import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaSchedule, schedules } from './beta.js';
import { standardisedOverBatch } from './frozen-statement.js';
import type { StepGraph } from './objective.js';

/** How an adversary is trained against the network. */
export const adversarySettings = {
  beta: z
    .number()
    .min(0)
    .default(1)
    .describe(
      "How strongly the adversary's gradient, reversed, moves the network; the adversary learns at full strength",
    ),
  ...betaSchedule,
  schedule: z
    .enum(schedules)
    .default('ganin')
    .describe(
      'How beta is reached: ganin, 2 / (1 + exp(-10 p)) - 1 of it after the part p of the training; linear over warmUp; step, nothing before warmUp; constant, at once',
    ),
  hidden: z
    .number()
    .int()
    .min(0)
    .default(64)
    .describe("Units of the adversary's hidden layer; 0 for a linear adversary"),
  standardised: z
    .boolean()
    .default(false)
    .describe(
      'Each feature is standardised over the batch before the adversary sees it, so that a network without batch normalization cannot win by making features large',
    ),
};

type AdversarySettings = z.infer<z.ZodObject<typeof adversarySettings>>;

/** What an adversary is given. */
export interface AdversaryInput {
  /** `(clips, n)`, whose gradient is reversed. */
  readonly features: Value;
  /** Factor of the reversed gradient: {@link betaInput}, or less. */
  readonly beta: Value;
  /** What it is given of the features; all when absent. */
  join?(reversed: Value): Value;
}

/**
 * What an adversary says of features, which learn to be useless to it. Its objective feeds beta.
 *
 * @returns `(clips, outputs)`
 */
export function adversary(
  step: StepGraph,
  { features, beta, join = (reversed) => reversed }: AdversaryInput,
  settings: AdversarySettings,
  outputs: number,
): Value {
  const seen = settings.standardised ? standardisedOverBatch(features) : features;
  return reader(step, join(step.reversed(seen, beta)), settings, outputs);
}

/** A classifier, or regression, that an objective trains beside the network: `(clips, n)` to `(clips, outputs)`. */
export function reader(
  step: StepGraph,
  features: Value,
  { hidden }: Pick<AdversarySettings, 'hidden'>,
  outputs: number,
): Value {
  return step.head(features, (layers, input) => {
    if (hidden === 0) return layers.linear(input, outputs, 'output', 'fan-in');
    const middle = expressions.relu(layers.linear(input, hidden, 'hidden', 'fan-in'));
    return layers.linear(middle, outputs, 'output', 'fan-in');
  });
}
