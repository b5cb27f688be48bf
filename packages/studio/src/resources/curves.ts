import { type EpochMeasure, type EpochMetrics, epochMeasures, meanCurve } from 'antitransfer/answers';
import { repetitionName, sharedSplit, testsDiffer } from 'antitransfer/runs';
import type { Comparison } from '../comparisons/comparison.js';
import { NotFound } from '../not-found.js';
import type { CurvesView, MethodCurve } from '../views/curves.js';
import type { Resource } from './resource.js';

export const curves: Resource<CurvesView> = {
  path: 'runs/:run/curves',
  description:
    'One measure after each epoch of every training, those under way included, with its mean over seeds; the first without ?measure=.',
  load: async (studio, { run, query }) => viewOf(await studio.comparison(run), query.measure),
  exported: async (studio, run) => {
    const { measures } = await viewOf(await studio.comparison(run), undefined);
    return [{}, ...measures.map(({ id }) => ({ measure: id }))];
  },
};

/** @throws NotFound where nothing of this name was measured */
async function viewOf(comparison: Comparison, asked: string | undefined): Promise<CurvesView> {
  const { methods, repetitions, experiment } = await comparison.index();
  const trainings = await Promise.all(
    methods.map(async ({ of, repetition, job }) => {
      const { seed, fold } = repetitions[repetition] ?? { seed: 0, fold: null };
      const key = { seed, ...(fold !== null && { fold }) };
      const shared = sharedSplit(experiment, key, testsDiffer(repetitions));
      const epochs = await comparison.epochs(job, { ...key, method: of });
      return { method: of, name: repetitionName(key), ...key, ...shared, epochs };
    }),
  );
  const measures = epochMeasures(trainings.flatMap(({ epochs }) => epochs));
  const { training } = experiment;
  const measure = asked === undefined ? measures[0] : measures.find(({ id }) => id === asked);
  if (measure === undefined) {
    if (asked !== undefined && measures.length > 0)
      throw new NotFound(`No training of "${comparison.id}" measured "${asked}".`);
    return { measures: [], title: '', axis: '', within: [0, 1], epochs: training.epochs, curves: [] };
  }
  return {
    measures: measures.map(({ id, title }) => ({ id, title })),
    measure: measure.id,
    title: measure.title,
    axis: measure.axis,
    within: measure.within,
    epochs: training.epochs,
    curves: [...new Set(methods.map(({ of }) => of))].map((method): MethodCurve => {
      const own = trainings.filter((training) => training.method === method && training.epochs.length > 0);
      return {
        method,
        points: meanCurve(own, measure.of),
        runs: own.map(({ name, epochs }) => ({ name, points: pointsOf(epochs, measure) })),
      };
    }),
  };
}

function pointsOf(epochs: readonly EpochMetrics[], { of }: EpochMeasure) {
  return epochs.flatMap((metrics) => {
    const value = of(metrics);
    return value === undefined || !Number.isFinite(value) ? [] : [{ epoch: metrics.epoch, value }];
  });
}
