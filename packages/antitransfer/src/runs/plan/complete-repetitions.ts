import { dependentsOf } from './dependents.js';
import type { Plan } from './plan.js';

/**
 * The repetitions (by their index) of which every method is tested, or given up because a training that it needs
 * diverged.
 *
 * @param records what jobs left, by id
 */
export function completeRepetitions(
  { jobs, methods, tasks, repetitions }: Plan,
  records: ReadonlyMap<string, { readonly kind: string }>,
): ReadonlySet<number> {
  const diverged = jobs.filter(({ id }) => records.get(id)?.kind === 'diverged');
  const givenUp = new Set(diverged.flatMap(({ id }) => [...dependentsOf(jobs, id)]));
  const isOpen = (id: string) => !records.has(id) && !givenUp.has(id);
  const open = [
    ...tasks.filter(({ job }) => isOpen(job)),
    ...methods.filter(({ job, assessment }) => isOpen(job) || isOpen(assessment)),
  ];
  const unfinished = new Set(open.map(({ repetition }) => repetition));
  return new Set([...repetitions.keys()].filter((index) => !unfinished.has(index)));
}
