import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { sum } from '../../numbers/mean.js';
import type { PlannedJob } from '../plan/plan.js';
import { rungJobs } from './contest.js';
import type { Halved } from './halve.js';
import type { PlannedContestant } from './plan-rungs.js';

/** Cells that are trained in full for all that is known: as many as halving leaves, the first of them where that is open. */
export function lastingCells(
  cells: readonly PlannedContestant[],
  { states }: Pick<Halved, 'states'>,
): PlannedContestant[] {
  const lasting = new Set(
    states.flatMap(({ contest, active }) => active.slice(0, contest.rungs.at(-1)?.keeps)),
  );
  const contested = new Set(states.flatMap(({ contest }) => contest.contestants));
  return cells.filter((cell) => !contested.has(cell) || lasting.has(cell));
}

/**
 * The jobs that halving comes to at most: in each rung that is not decided the dearest cells go on.
 *
 * @param cells all of the sweep, also those that do not compete
 * @param costOf what a job costs that is to be done
 */
export function mostJobs(
  cells: readonly PlannedContestant[],
  { states, decided, trained }: Halved,
  costOf: (id: string) => number,
): PlannedJob[] {
  const dearest = new Map(
    states.map(({ contest, active }) => [
      contest,
      active.toSorted((a, b) => cost(b, costOf) - cost(a, costOf)),
    ]),
  );
  /** Who is trained in full. */
  const left = new Set<string>();
  const jobs = [...dearest].flatMap(([contest, active]) => {
    const last = contest.rungs.at(-1)?.keeps;
    for (const { name } of active.slice(0, last)) left.add(name);
    return contest.rungs
      .slice(decided)
      .flatMap((rung) => active.slice(0, rung.cells).flatMap((cell) => rungJobs(contest, rung, cell)));
  });
  const contested = new Set(states.flatMap(({ contest }) => contest.contestants.map(({ name }) => name)));
  const whole = cells.filter(({ name }) => left.has(name) || !contested.has(name));
  return unionOf([...trained, ...jobs, ...whole.flatMap(({ plan }) => plan.jobs)]);
}

function cost({ plan }: PlannedContestant, costOf: (id: string) => number): number {
  return sum(plan.jobs.map(({ id }) => costOf(id)));
}

function unionOf(jobs: readonly PlannedJob[]): PlannedJob[] {
  return [...groupBy(jobs, ({ id }) => id).values()].map((same) => itemAt(same, 0));
}
