import type { Config } from '../config/schema.js';
import { type Competitor, competing, wholeOf } from '../config/sweep/competitions.js';
import { rungsOf } from '../config/sweep/rungs.js';
import type { Plan } from '../plan/plan.js';
import { type PlannedExperiment, type PreparationOptions, planExperiment } from '../plan-experiment.js';
import type { Store } from '../store/store.js';

/** What a cell trains in a rung. */
export interface RungPlan {
  readonly plan: Plan;
  /** How many repetitions of the plan. */
  readonly repetitions: number;
  /** Of each training, where these are fewer than the cell's. */
  readonly epochs?: number;
}

/** A planned cell of a sweep, and what it trains in each rung where it competes. */
export interface PlannedContestant extends PlannedExperiment, Competitor {
  /** Empty where it does not compete. */
  readonly rungPlans: readonly RungPlan[];
}

/**
 * Plans what a cell trains in each rung. By repetitions that is a part of what it trains in full, so that nothing is trained
 * twice. By epochs it is trainings of their own, since a schedule of the learning rate ends with its last epoch.
 *
 * @param cells all that are planned: how many rungs there are depends on how many compete
 */
export async function planRungs(
  cell: Competitor,
  planned: PlannedExperiment,
  cells: readonly Competitor[],
  store: Store,
  options: PreparationOptions,
): Promise<PlannedContestant> {
  const { competition, config } = cell;
  if (competition === undefined) return { ...planned, ...cell, rungPlans: [] };
  const { halving, among } = competition;
  const rivals = competing(cells).get(among) ?? [];
  const rungs = rungsOf(rivals.length, wholeOf(halving, config.experiment), halving);
  const rungPlans: RungPlan[] = [];
  for (const { amount } of rungs) {
    if (halving.by === 'repetitions') {
      rungPlans.push({ plan: planned.plan, repetitions: amount });
      continue;
    }
    // What was found and noted of the data is said of the cell itself.
    const { observer: _, ...silent } = options;
    const { plan } = await planExperiment(withEpochs(config, amount), store, silent);
    rungPlans.push({ plan, repetitions: 1, epochs: amount });
  }
  return { ...planned, ...cell, rungPlans };
}

/** The same with fewer epochs of the target; orthogonal networks are those of the cell. */
function withEpochs({ experiment, execution }: Config, epochs: number): Config {
  const { training } = experiment;
  const whole = (task: (typeof experiment.orthogonal)[number]) => ({
    ...task,
    training: { epochs: training.epochs, ...task.training },
  });
  const [first, ...others] = experiment.orthogonal;
  return {
    experiment: {
      ...experiment,
      training: { ...training, epochs },
      orthogonal: [whole(first), ...others.map(whole)],
    },
    execution,
  };
}
