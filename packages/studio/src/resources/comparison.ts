import { methodsOf, paths } from 'antitransfer/runs';
import type { Comparison } from '../comparisons/comparison.js';
import { continueWith } from '../comparisons/continue-with.js';
import { jobViews, stateOf } from '../comparisons/job-views.js';
import { timeLeft } from '../comparisons/time-left.js';
import type { ComparisonView } from '../views/comparison.js';
import type { Resource } from './resource.js';

export const comparison: Resource<ComparisonView> = {
  path: 'runs/:run',
  description: 'What was asked, and how far each job is.',
  load: async (studio, { run }) => viewOf(await studio.comparison(run)),
  exported: async () => [{}],
  toShare: ({ report: _, ...view }) => ({
    ...view,
    continueWith: '',
    jobs: view.jobs.map((job) => (job.state === 'running' ? { ...job, message: '' } : job)),
  }),
};

async function viewOf(comparison: Comparison): Promise<ComparisonView> {
  const [{ experiment, classes }, jobs, verdict] = await Promise.all([
    comparison.index(),
    jobViews(comparison),
    comparison.verdict(),
  ]);
  const left = timeLeft(jobs, (id) => comparison.secondsOf(id));
  return {
    id: comparison.id,
    name: experiment.name,
    state: await stateOf(comparison, jobs),
    continueWith: continueWith(comparison.folder, (await comparison.outline()).store, comparison.cache),
    target: experiment.target,
    classes,
    methods: methodsOf(experiment).map(({ id, label, control }) => ({ id, label: label ?? id, control })),
    tasks: experiment.orthogonal.map(({ name }) => name),
    jobs,
    ...(left && { left }),
    ...(verdict !== undefined && { verdict, report: paths.report(comparison.folder) }),
  };
}
