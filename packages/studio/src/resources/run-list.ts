import { stat } from 'node:fs/promises';
import { paths } from 'antitransfer/runs';
import { fewAtOnce } from '../catalogue/few-at-once.js';
import type { Comparison } from '../comparisons/comparison.js';
import { jobViews, stateOf } from '../comparisons/job-views.js';
import { timeLeft } from '../comparisons/time-left.js';
import type { RunListView, RunRow } from '../views/run-list.js';
import type { Resource } from './resource.js';

export const runList: Resource<RunListView> = {
  path: 'runs',
  description: 'All comparisons below the folders of the studio.',
  load: async (studio) => {
    const found = await studio.catalogue.comparisons();
    const runs = await fewAtOnce(found, async ({ id }): Promise<RunRow> => {
      try {
        return await rowOf(await studio.comparison(id));
      } catch (error) {
        // One that is damaged must not hide the others.
        const problem = error instanceof Error ? error.message : String(error);
        return { id, name: id, changedAt: new Date(0).toISOString(), state: 'failed', bars: [], problem };
      }
    });
    return { runs, refused: studio.catalogue.refused };
  },
  exported: async () => [{}],
  toShare: (view) => ({ ...view, refused: [] }),
};

/** What the whole list shows of one: neither results nor settings are read for it. */
async function rowOf(comparison: Comparison): Promise<RunRow> {
  const [{ name }, jobs, verdict, changed] = await Promise.all([
    comparison.outline(),
    jobViews(comparison),
    comparison.verdict(),
    changedAt(comparison.folder),
  ]);
  const left = timeLeft(jobs, (id) => comparison.secondsOf(id));
  return {
    id: comparison.id,
    name,
    changedAt: changed.toISOString(),
    state: await stateOf(comparison, jobs),
    bars: jobs.map(({ name: job, state, part }) => ({ name: job, state, part })),
    ...(left && { left }),
    ...(verdict !== undefined && { verdict }),
  };
}

async function changedAt(folder: string): Promise<Date> {
  const times = [paths.index(folder), paths.results(folder)].map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found?.mtimeMs ?? 0;
  });
  return new Date(Math.max(...(await Promise.all(times))));
}
