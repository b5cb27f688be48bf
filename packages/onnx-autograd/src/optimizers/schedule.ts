/** How the learning rate changes over the steps; plain data. */
export type Schedule =
  | ConstantSchedule
  | DecaySchedule
  | StepSchedule
  | MilestoneSchedule
  | OneCycleSchedule
  | PlateauSchedule;

/** What every schedule but the cycle may begin with. */
interface WarmUp {
  /** Steps at the beginning in which the rate rises in a straight line. Default 0. */
  readonly warmup?: number;
}

/** The full rate at every step. */
export interface ConstantSchedule extends WarmUp {
  /** Tells the schedules apart. */
  readonly kind: 'constant';
}

/** From the full rate to `final` times it, along half a cosine or in a straight line. */
export interface DecaySchedule extends WarmUp {
  /** Which of both. */
  readonly kind: 'cosine' | 'linear';
  /** Steps until `final` is reached, those of `warmup` included. */
  readonly steps: number;
  /** The factor at the end, and after it. Default 0. */
  readonly final?: number;
}

/** Times `factor` after every `every` steps. */
export interface StepSchedule extends WarmUp {
  /** Tells the schedules apart. */
  readonly kind: 'step';
  /** How many steps are done at one rate. */
  readonly every: number;
  /** What the rate is multiplied by then. */
  readonly factor: number;
}

/** Times `factor` after some numbers of steps. */
export interface MilestoneSchedule extends WarmUp {
  /** Tells the schedules apart. */
  readonly kind: 'milestones';
  /** After how many steps the rate falls, each time. */
  readonly after: readonly number[];
  /** What the rate is multiplied by then. */
  readonly factor: number;
}

/**
 * Up to the full rate and down to almost nothing, along half a cosine each (Smith and Topin 2018); PyTorch's `OneCycleLR`
 * with its defaults, but for the momentum, which stays.
 */
export interface OneCycleSchedule {
  /** Tells the schedules apart. */
  readonly kind: 'one-cycle';
  /** Steps until the end. */
  readonly steps: number;
  /** The part of the steps in which the rate rises. Default 0.3. */
  readonly rise?: number;
  /** The factor at the first step. Default 1 / 25. */
  readonly first?: number;
  /** The factor at the end, and after it. Default a ten thousandth of the first. */
  readonly final?: number;
}

/**
 * Times `factor` when what a session is told by `report` (the loss on validation data, say) has not become better for a
 * while; PyTorch's `ReduceLROnPlateau`.
 */
export interface PlateauSchedule extends WarmUp {
  /** Tells the schedules apart. */
  readonly kind: 'plateau';
  /** What the rate is multiplied by then. Default 0.1. */
  readonly factor?: number;
  /** Reports without a better one that are borne; at the next the rate falls. Default 10. */
  readonly patience?: number;
  /** By which part of the best value one must be better to count as better. Default 1e-4. */
  readonly threshold?: number;
  /** Reports after a fall that are not counted. Default 0. */
  readonly rest?: number;
  /** The smallest factor. Default 0. */
  readonly final?: number;
  /** Whether lower values are better, as of losses, or higher ones, as of accuracies. Default `lower`. */
  readonly better?: 'lower' | 'higher';
}

/**
 * The factor of the learning rate at a step; of a plateau without what was reported.
 *
 * @param step counted from 1. During `warmup` steps the factor rises from near 0 to 1 in a straight line.
 */
export function scheduleFactor(schedule: Schedule, step: number): number {
  switch (schedule.kind) {
    case 'constant':
    case 'plateau':
      return warmUp(schedule, step);
    case 'step':
      return warmUp(schedule, step) * schedule.factor ** Math.floor((step - 1) / schedule.every);
    case 'milestones': {
      const passed = schedule.after.filter((count) => count < step);
      return warmUp(schedule, step) * schedule.factor ** passed.length;
    }
    case 'one-cycle':
      return oneCycle(schedule, step);
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

function warmUp({ warmup = 0 }: WarmUp, step: number): number {
  return step < warmup ? step / warmup : 1;
}

function oneCycle(
  { steps, rise = 0.3, first = 1 / 25, final = first / 1e4 }: OneCycleSchedule,
  step: number,
): number {
  const [top, end] = [rise * steps - 1, steps - 1];
  const at = Math.min(step - 1, end);
  const between = (from: number, to: number, progress: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress));
  if (at <= top && top > 0) return between(first, 1, at / top);
  return between(1, final, end > top ? (at - top) / (end - top) : 1);
}
