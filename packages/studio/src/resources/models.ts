import { judge, summarise } from 'antitransfer/answers';
import type { Comparison } from '../comparisons/comparison.js';
import { offeredModels } from '../models/offered-models.js';
import { MOST_MODELS } from '../most-models.js';
import type { Studio } from '../studio.js';
import type { ModelsView } from '../views/try.js';
import type { Resource } from './resource.js';

export const models: Resource<ModelsView> = {
  path: 'runs/:run/models',
  description: 'Which models of a comparison can be spoken to, and what they hear.',
  load: async (studio, { run }) => viewOf(studio, await studio.comparison(run)),
};

async function viewOf({ keeper }: Studio, comparison: Comparison): Promise<ModelsView> {
  const [{ experiment, classes, methods }, offered] = await Promise.all([
    comparison.index(),
    offeredModels(comparison),
  ]);
  const named = [methods[0]?.of, await bestMethod(comparison)];
  const chosen = named.flatMap((of) => offered.find(({ method }) => method === of)?.id ?? []);
  const { sampleRate, seconds } = experiment.features;
  return {
    target: experiment.target,
    classes,
    sampleRate,
    seconds,
    models: offered.map(({ path: _, ...model }) => model),
    atOnce: MOST_MODELS,
    chosen: [...new Set(chosen)],
    ...(keeper && {
      keep: { folder: keeper.folder, columns: experiment.orthogonal.map(({ column }) => column) },
    }),
  };
}

/** The method that the verdict speaks of; the last one where there is no verdict yet. */
async function bestMethod(comparison: Comparison): Promise<string | undefined> {
  const results = await comparison.results();
  const judged = results && judge(results, summarise(results)).method;
  return judged ?? (await comparison.index()).methods.at(-1)?.of;
}
