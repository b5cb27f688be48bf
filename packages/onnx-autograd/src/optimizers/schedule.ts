/** How the learning rate changes over the steps; plain data. */
export type Schedule = ConstantSchedule | DecaySchedule | StepSchedule;

/** The full rate at every step. */
export interface ConstantSchedule {
  /** Tells the schedules apart. */
  readonly kind: 'constant';
}

/** From the full rate to `final` times it, along half a cosine or in a straight line. */
export interface DecaySchedule {
  /** Which of both. */
  readonly kind: 'cosine' | 'linear';
  /** Steps until `final` is reached, those of `warmup` included. */
  readonly steps: number;
  /** Steps at the beginning in which the rate rises in a straight line. Default 0. */
  readonly warmup?: number;
  /** The factor at the end, and after it. Default 0. */
  readonly final?: number;
}

/** Times `factor` after every `every` steps. */
export interface StepSchedule {
  /** Tells the schedules apart. */
  readonly kind: 'step';
  /** How many steps are done at one rate. */
  readonly every: number;
  /** What the rate is multiplied by then. */
  readonly factor: number;
}

/**
 * The factor of the learning rate at a step.
 *
 * @param step counted from 1. During `warmup` steps the factor rises from near 0 to 1 in a straight line.
 */
export function scheduleFactor(schedule: Schedule, step: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor((step - 1) / schedule.every);
    case 'cosine':
    case 'linear': {
      const { warmup = 0, final = 0, steps } = schedule;
      if (step <= warmup) return step / warmup;
      const progress = Math.min(1, (step - 1 - warmup) / Math.max(1, steps - warmup));
      const remaining = schedule.kind === 'cosine' ? (1 + Math.cos(Math.PI * progress)) / 2 : 1 - progress;
      return final + (1 - final) * remaining;
    }
  }
}
