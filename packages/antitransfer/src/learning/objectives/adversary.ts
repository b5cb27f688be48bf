import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaInput, betaSchedule, schedules } from './beta.js';
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

/**
 * What an adversary says of features, which learn to be useless to it. Its objective feeds beta.
 *
 * @param features `(clips, n)`, whose gradient is reversed
 * @param join what the adversary is given of them
 * @returns `(clips, outputs)`
 */
export function adversary(
  step: StepGraph,
  features: Value,
  settings: AdversarySettings,
  outputs: number,
  join: (reversed: Value) => Value = (reversed) => reversed,
): Value {
  const seen = settings.standardised ? standardisedOverBatch(features) : features;
  return reader(step, join(step.reversed(seen, betaInput(step))), settings, outputs);
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
