import type { PlannedJob } from './plan.js';

/** The ids of all jobs that cannot be done without one, at whatever distance. */
export function dependentsOf(
  jobs: readonly Pick<PlannedJob, 'id' | 'after'>[],
  id: string,
): ReadonlySet<string> {
  const found = new Set<string>();
  const ends = [id];
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    for (const job of jobs) {
      if (found.has(job.id) || !job.after.includes(end)) continue;
      found.add(job.id);
      ends.push(job.id);
    }
  }
  return found;
}
