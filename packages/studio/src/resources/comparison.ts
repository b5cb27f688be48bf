import type { ComparisonResults } from 'antitransfer/answers';
import { judge, summarise } from 'antitransfer/answers';
import { methodsOf } from 'antitransfer/runs';
import type { Comparison } from '../comparisons/comparison.js';
import { continueWith } from '../comparisons/continue-with.js';
import { messageOf, overallState, partDone, stepOf } from '../comparisons/progress.js';
import type { AnswerView, ComparisonView, JobView } from '../views/comparison.js';
import type { Resource } from './resource.js';

export const comparison: Resource<ComparisonView> = {
  path: 'runs/:run',
  description: 'What was asked, how far each job is, and what was found so far.',
  load: async (studio, { run }) => viewOf(await studio.comparison(run)),
  exported: async () => [{}],
};

async function viewOf(comparison: Comparison): Promise<ComparisonView> {
  const [{ experiment, classes }, results] = await Promise.all([comparison.index(), comparison.results()]);
  const jobs = await jobViews(comparison);
  return {
    id: comparison.id,
    name: experiment.name,
    state: overallState(jobs.map(({ state }) => state)),
    continueWith: continueWith(comparison.folder),
    target: experiment.target,
    classes,
    methods: methodsOf(experiment).map(({ id, label, control }) => ({ id, label: label ?? id, control })),
    tasks: experiment.orthogonal.map(({ name }) => name),
    jobs,
    ...(results && { answer: answerOf(results) }),
  };
}

/** How far each job is. */
export async function jobViews(comparison: Comparison): Promise<JobView[]> {
  return Promise.all(
    (await comparison.jobs()).map(async (job) => {
      const state = await comparison.state(job.id);
      const events =
        state.state === 'done' || state.state === 'queued' ? [] : await comparison.events(job.id);
      const step = stepOf(state.state, events);
      const message = messageOf(state);
      return {
        ...job,
        state: state.state,
        part: partDone(state.state, events),
        ...(step && { step }),
        ...(message !== undefined && { message }),
      };
    }),
  );
}

function answerOf(results: ComparisonResults): AnswerView {
  const summaries = summarise(results);
  return {
    createdAt: results.createdAt,
    done: results.repetitions.done,
    asked: results.repetitions.asked,
    chance: results.target.chance,
    verdict: judge(results, summaries),
    summaries,
  };
}
