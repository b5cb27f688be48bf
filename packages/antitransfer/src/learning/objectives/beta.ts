import { expressions, type Tensor, type Value } from 'onnx-autograd';
import { z } from 'zod';
import type { Objective, StepGraph, StepMoment } from './objective.js';

/** How a weight of the loss reaches its value over a training. */
export const schedules = ['constant', 'linear', 'ganin', 'step'] as const;

type Schedule = (typeof schedules)[number];

/** Part of the training after which `linear` and `step` have reached beta, where nothing else is said. */
const defaultWarmUp = 0.1;

/** How beta grows. Left out of jobs where it does not: one training has one form, and one job. */
export const betaSchedule = {
  schedule: z
    .enum(schedules)
    .optional()
    .describe(
      'How beta is reached: at once (constant, when absent); linear over warmUp; ganin, 2 / (1 + exp(-10 p)) - 1 of it after the part p of the training; step, nothing before warmUp',
    ),
  warmUp: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(
      `Part of the training after which a linear schedule or a step has reached beta; ${defaultWarmUp} when absent`,
    ),
};

/** The weight of a term, and how it is reached. */
export interface BetaSettings {
  readonly beta: number;
  readonly schedule?: Schedule | undefined;
  readonly warmUp?: number | undefined;
}

/** Beta after a part of the training, from 0 to 1. */
export function betaAt(
  { beta, schedule = 'constant', warmUp = defaultWarmUp }: BetaSettings,
  progress: number,
): number {
  switch (schedule) {
    case 'constant':
      return beta;
    case 'linear':
      return beta * Math.min(1, progress / warmUp);
    case 'ganin':
      // Ganin and others 2016, section 5.2.2.
      return beta * (2 / (1 + Math.exp(-10 * progress)) - 1);
    case 'step':
      return progress < warmUp ? 0 : beta;
  }
}

/** Beta as an input, a scalar: what {@link fedBeta} feeds. */
export function betaInput(step: StepGraph): Value {
  return step.feed('beta', []);
}

/** What {@link betaInput} is fed in a step. */
export function fedBeta(settings: BetaSettings) {
  return ({ progress }: StepMoment): Record<string, Tensor> => ({
    beta: { type: 'float32', dims: [], data: Float32Array.of(betaAt(settings, progress)) },
  });
}

/** A term times beta: a number of the graph where it is constant, an input where it grows. */
export function timesBeta(step: StepGraph, term: Value, settings: BetaSettings): Value {
  return expressions.mul(term, isConstant(settings) ? settings.beta : betaInput(step));
}

/** What an objective whose term is {@link timesBeta} is fed. */
export function betaFeeds(settings: BetaSettings): Pick<Objective, 'feeds'> {
  return isConstant(settings) ? {} : { feeds: fedBeta(settings) };
}

function isConstant({ schedule = 'constant' }: BetaSettings): boolean {
  return schedule === 'constant';
}

/**
 * Keys of a schedule that say what is so without them.
 *
 * @param absent what an absent schedule means
 */
export function idleScheduleKeys(
  { schedule, warmUp }: Partial<BetaSettings>,
  absent: Schedule | undefined = 'constant',
): string[] {
  const waits = schedule === 'linear' || schedule === 'step';
  return [
    ...(schedule === absent ? ['schedule'] : []),
    ...(!waits || warmUp === defaultWarmUp ? ['warmUp'] : []),
  ];
}
