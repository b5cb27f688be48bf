/** How the learning rate changes over the steps; plain data. */
export type Schedule =
  | { readonly kind: 'constant' }
  /** From the full rate to `final` times it along half a cosine, over `steps` steps. */
  | { readonly kind: 'cosine'; readonly steps: number; readonly warmup?: number; readonly final?: number }
  /** Times `factor` after every `every` steps. */
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }
  /** From the full rate to `final` times it in a straight line, over `steps` steps. */
  | { readonly kind: 'linear'; readonly steps: number; readonly warmup?: number; readonly final?: number };

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
