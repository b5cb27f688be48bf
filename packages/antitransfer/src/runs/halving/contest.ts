import { itemAt } from '../../lookup.js';
import { competing, judgeable, wholeOf } from '../config/sweep/competitions.js';
import { type Rung, rungsOf } from '../config/sweep/rungs.js';
import type { HalvingSettings } from '../config/sweep/settings.js';
import type { Plan, PlannedJob } from '../plan/plan.js';
import type { PlannedContestant } from './plan-rungs.js';

/** Cells that compete with each other, planned. */
export interface Contest {
  /** What they have in common, in words; empty where that is everything but what they compete in. */
  readonly among: string;
  readonly halving: HalvingSettings;
  readonly rungs: readonly Rung[];
  readonly contestants: readonly PlannedContestant[];
  /** The methods by which a cell is judged, by its name: the best of them counts. */
  readonly judged: ReadonlyMap<string, readonly string[]>;
}

/** The contests of a sweep; cells that do not compete are in none. */
export function contestsOf(cells: readonly PlannedContestant[]): Contest[] {
  return [...competing(cells)].flatMap(([among, contestants]): Contest[] => {
    const { competition, config } = itemAt(contestants, 0);
    if (competition === undefined) return [];
    const { halving } = competition;
    const rungs = rungsOf(contestants.length, wholeOf(halving, config.experiment), halving);
    return rungs.length === 0
      ? []
      : [{ among, halving, rungs, contestants, judged: judgedMethods(contestants, halving) }];
  });
}

/**
 * What a cell trains in a rung: the methods by which it is judged, in the rung's repetitions, and what these wait for. Nothing
 * of it is tested.
 */
export function rungJobs(contest: Contest, rung: Rung, { name, rungPlans }: PlannedContestant): PlannedJob[] {
  const { plan } = itemAt(rungPlans, rung.number - 1);
  const wanted = new Set(judgedCells(contest, rung, { name, rungPlans }).map(({ job }) => job));
  // Those that a job waits for stand before it.
  for (const { id, after } of plan.jobs.toReversed()) {
    if (wanted.has(id)) for (const before of after) wanted.add(before);
  }
  return plan.jobs.filter(({ id }) => wanted.has(id));
}

/** The trainings of a rung by which a cell is judged. */
export function judgedCells(
  { judged }: Pick<Contest, 'judged'>,
  rung: Rung,
  { name, rungPlans }: Pick<PlannedContestant, 'name' | 'rungPlans'>,
): Plan['methods'][number][] {
  const { plan, repetitions } = itemAt(rungPlans, rung.number - 1);
  const ids = judged.get(name) ?? [];
  return plan.methods.filter(({ of, repetition }) => ids.includes(of) && repetition < repetitions);
}

/** The method that is named, or those that are not the same training in all cells: what all share tells none of them from another. */
function judgedMethods(
  contestants: readonly PlannedContestant[],
  { method }: HalvingSettings,
): ReadonlyMap<string, readonly string[]> {
  const able = contestants.map(({ name, config: { experiment }, rungPlans }) => {
    const ids = method === null ? judgeable(experiment) : [method];
    const { plan } = itemAt(rungPlans, 0);
    const first = plan.methods.filter(({ of, repetition }) => repetition === 0 && ids.includes(of));
    return { name, methods: first };
  });
  const [one] = able;
  const shared = new Set(
    (one?.methods ?? []).flatMap(({ job }) =>
      able.every(({ methods }) => methods.some((other) => other.job === job)) ? [job] : [],
    ),
  );
  const own = able.map(({ name, methods }) => ({
    name,
    all: methods.map(({ of }) => of),
    own: methods.filter(({ job }) => !shared.has(job)).map(({ of }) => of),
  }));
  const isTold = own.every((cell) => cell.own.length > 0);
  return new Map(own.map((cell) => [cell.name, isTold ? cell.own : cell.all]));
}
