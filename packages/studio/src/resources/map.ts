import type { ComparisonResults } from 'antitransfer/answers';
import { givenWindows } from '../comparisons/given-windows.js';
import { NotFound } from '../not-found.js';
import type { MapView } from '../views/map.js';
import type { Resource, ResourceRequest } from './resource.js';

export const map: Resource<MapView> = {
  path: 'runs/:run/map',
  description:
    'The test clips of one network at a tap on a plane: ?method= its id, ?seed= and ?fold= whose, ?tap= where.',
  load: async (studio, request) => {
    const comparison = await studio.comparison(request.run);
    const choice = choiceOf(request);
    const results = await comparison.results();
    const run = results?.runs.find(
      ({ method, seed, fold }) => method === choice.method && seed === choice.seed && fold === choice.fold,
    );
    if (results === undefined || run === undefined) {
      throw new NotFound(`No network of "${choice.method}" was tested with this seed.`);
    }
    const { explained, points } = await comparison.tapMap(choice);
    const labels = labelsOf(results, run.predictions);
    const known = await comparison.clips.known();
    const windowOf = (clip: string) => {
      const details = known instanceof Error ? undefined : known.get(clip);
      return details && givenWindows(details)?.[0];
    };
    return {
      explained,
      points: points.map((point) => {
        const window = windowOf(point.clip);
        return {
          ...point,
          ...(window !== undefined && { window }),
          labels: labels.get(point.clip) ?? {},
        };
      }),
    };
  },
};

function choiceOf({ query: { method = '', seed = '', fold, tap = '' } }: ResourceRequest) {
  return { method, seed: Number(seed), ...(fold !== undefined && { fold: Number(fold) }), tap };
}

function labelsOf(
  { target }: ComparisonResults,
  predictions: ComparisonResults['runs'][number]['predictions'],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(
    predictions.map(({ clip, truth, orthogonal }) => [clip, { ...orthogonal, [target.column]: truth }]),
  );
}
