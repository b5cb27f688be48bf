import { repetitionName } from 'antitransfer/runs';
import type { Comparison } from '../comparisons/comparison.js';
import type { Curve, CurvesView } from '../views/curves.js';
import type { Resource } from './resource.js';

export const curves: Resource<CurvesView> = {
  path: 'runs/:run/curves',
  description: 'What each training measured after each epoch, those under way included.',
  load: async (studio, { run }) => viewOf(await studio.comparison(run)),
  exported: async () => [{}],
};

async function viewOf(comparison: Comparison): Promise<CurvesView> {
  const { methods, repetitions, experiment } = await comparison.index();
  const curves = await Promise.all(
    methods.map(async ({ of, repetition, job }): Promise<Curve> => {
      const key = repetitions[repetition];
      const events = await comparison.events(job);
      // A training that was killed repeats what it did after its last checkpoint: what was told last holds.
      const points = new Map(
        events.flatMap(({ event }) => (event.kind === 'epoch' ? [[event.metrics.epoch, event.metrics]] : [])),
      );
      return {
        method: of,
        repetition: key === undefined ? '' : repetitionName({ seed: key.seed, fold: key.fold ?? undefined }),
        points: [...points.values()].sort((a, b) => a.epoch - b.epoch),
      };
    }),
  );
  return { epochs: experiment.training.epochs, curves };
}
