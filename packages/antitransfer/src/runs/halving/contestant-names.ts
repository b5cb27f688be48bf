import { jobNames } from '../plan/job-names.js';
import type { Plan } from '../plan/plan.js';
import type { PlannedContestant } from './plan-rungs.js';

/** What people call the jobs of cells, by their ids: `tap-conv3_1: cka, seed 2`. The first cell that asks for one has its name. */
export function contestantNames(cells: readonly PlannedContestant[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, plan: own, rungPlans } of cells) {
    const add = (of: Plan, more: string) => {
      for (const [id, call] of jobNames(of)) if (!names.has(id)) names.set(id, `${name}: ${call}${more}`);
    };
    add(own, '');
    for (const { plan, epochs } of rungPlans) if (epochs !== undefined) add(plan, `, ${epochs} epochs`);
  }
  return names;
}
