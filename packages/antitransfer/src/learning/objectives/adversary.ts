import { expressions, type Tensor, type Value } from 'onnx-autograd';
import { z } from 'zod';
import type { StepGraph, StepMoment } from './objective.js';

/** How an adversary is trained against the network. */
export const adversarySettings = {
  beta: z
    .number()
    .min(0)
    .default(1)
    .describe(
      "How strongly the adversary's gradient, reversed, moves the network; the adversary learns at full strength",
    ),
  schedule: z
    .enum(['ganin', 'constant'])
    .default('ganin')
    .describe(
      'How beta is reached: 2 / (1 + exp(-10 p)) - 1 of it after the part p of the training, or at once',
    ),
  hidden: z
    .number()
    .int()
    .min(0)
    .default(64)
    .describe("Units of the adversary's hidden layer; 0 for a linear adversary"),
};

type AdversarySettings = z.infer<z.ZodObject<typeof adversarySettings>>;

/** The factor of the reversed gradient after a part of the training (Ganin and others 2016, section 5.2.2). */
export function reversalFactor(
  { beta, schedule }: Omit<AdversarySettings, 'hidden'>,
  progress: number,
): number {
  return schedule === 'constant' ? beta : beta * (2 / (1 + Math.exp(-10 * progress)) - 1);
}

/** What an adversary is fed in a step. */
export function adversaryFeeds(settings: AdversarySettings) {
  return ({ progress }: StepMoment): Record<string, Tensor> => ({
    reversal: { type: 'float32', dims: [], data: Float32Array.of(reversalFactor(settings, progress)) },
  });
}

/**
 * What an adversary says of features, which learn to be useless to it.
 *
 * @param features `(clips, n)`, whose gradient is reversed
 * @param join what the adversary is given of them
 * @returns `(clips, outputs)`
 */
export function adversary(
  step: StepGraph,
  features: Value,
  { hidden }: AdversarySettings,
  outputs: number,
  join: (reversed: Value) => Value = (reversed) => reversed,
): Value {
  const given = join(step.reversed(features, step.feed('reversal', [])));
  return step.head(given, (layers, input) => {
    if (hidden === 0) return layers.linear(input, outputs, 'output', 'fan-in');
    const middle = expressions.relu(layers.linear(input, hidden, 'hidden', 'fan-in'));
    return layers.linear(middle, outputs, 'output', 'fan-in');
  });
}
