import { bySplit } from './over-splits.js';
import type { ComparisonResults } from './results.js';

const beyondSplits =
  'they say nothing of other corpora. Such splits share clips, which is corrected for (Nadeau and Bengio 2003).';

/**
 * What intervals and p values are about, in plain words: which repetitions of the comparison they cover, and that they cover
 * nothing beyond. Undefined where there is one repetition, and so no interval.
 */
export function intervalCoverage(results: ComparisonResults): string | undefined {
  const { repetitions, split, runs } = results;
  if (repetitions.asked < 2) return undefined;
  const heard = testedLabels(results);
  const test = heard === '' ? '' : `, whose test has ${heard}`;
  const folds = runs.some(({ fold }) => fold !== undefined);
  const shared = bySplit(runs.filter(({ method }) => method === results.methods[0]?.id));
  const [least, each] = [Math.min, Math.max].map((of) => of(...shared.map(({ length }) => length)));
  const seeds = least === each ? `${each}` : `${least} to ${each}`;
  const repeated = `splits of this one corpus${test}, each with the mean over ${seeds} seeds, whose first weights are their own; `;
  if (each !== undefined && each > 1) return `Intervals and p cover other ${repeated}${beyondSplits}`;
  return folds || split.redrawn
    ? `Intervals and p cover other ${folds ? 'folds' : 'seeds'}, with splits and first weights of their own, of this one corpus${test}; ` +
        beyondSplits
    : `Intervals and p cover other first weights on this one split${test}; they say nothing of other splits or corpora.`;
}

/** How many labels of each orthogonal task are heard in the test: `5 speakers, 2 rooms`. Tasks of the same labels count once. */
function testedLabels({ tasks, runs }: ComparisonResults): string {
  const predictions = runs.flatMap((run) => run.predictions);
  const counts = new Map<string, string>();
  for (const { name } of tasks) {
    const heard = predictions.map(({ orthogonal }) => orthogonal[name]);
    const labels = new Set(heard.flatMap((label) => label ?? []));
    const same = JSON.stringify(heard);
    if (labels.size > 0 && !counts.has(same))
      counts.set(same, `${labels.size} ${name}${labels.size === 1 ? '' : 's'}`);
  }
  return [...counts.values()].join(', ');
}
