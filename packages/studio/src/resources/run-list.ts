import { judge, summarise } from 'antitransfer/answers';
import type { Comparison } from '../comparisons/comparison.js';
import { overallState } from '../comparisons/progress.js';
import type { RunListView, RunRow } from '../views/run-list.js';
import { jobViews } from './comparison.js';
import type { Resource } from './resource.js';

export const runList: Resource<RunListView> = {
  path: 'runs',
  description: 'All comparisons below the folders of the studio.',
  load: async (studio) => {
    const found = await studio.catalogue.comparisons();
    const runs = await Promise.all(
      found.map(async ({ id }) => {
        try {
          return await rowOf(await studio.comparison(id));
        } catch (error) {
          // One that is damaged must not hide the others.
          return { id, name: id, state: 'failed' as const, bars: [], problem: String(error) };
        }
      }),
    );
    return { runs, refused: studio.catalogue.refused };
  },
};

async function rowOf(comparison: Comparison): Promise<RunRow> {
  const [{ experiment }, results, jobs] = await Promise.all([
    comparison.index(),
    comparison.results(),
    jobViews(comparison),
  ]);
  return {
    id: comparison.id,
    name: experiment.name,
    ...(results && { changedAt: results.createdAt, verdict: judge(results, summarise(results)).sentence }),
    state: overallState(jobs.map(({ state }) => state)),
    bars: jobs.map(({ name, state, part }) => ({ name, state, part })),
  };
}
