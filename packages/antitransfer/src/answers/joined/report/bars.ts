import { type Bar, type BarGroup, barsCharts } from '../../charts/bars.js';
import type { Figure, FigureKey } from '../../figures/figure.js';
import { formatShare, formatShareEstimate } from '../../format.js';
import { PairedRuns } from '../../pairs.js';
import { estimateOf } from '../../summary.js';
import type { DrawnMethod } from '../layerwise/drawn-methods.js';
import type { DrawnComparison, JoinedContents } from './contents.js';

/** The accuracy of every method in every comparison, as bars with their intervals; none where nothing was measured. */
export function barsFigure({ comparisons, methods, colours }: JoinedContents): Figure[] {
  const signs = new Map(methods.map(({ key }, i) => [key, String(i + 1)]));
  const colourOf = (key: string) => colours.get(key) ?? 'currentColor';
  const groups = comparisons.flatMap((comparison): BarGroup[] => {
    const paired = new PairedRuns(comparison.results);
    const bars = comparison.methods.flatMap((drawn): Bar[] => {
      const runs = paired.of(drawn.method.id);
      const accuracy = estimateOf(comparison.results, runs, ({ test }) => test.accuracy);
      if (accuracy === undefined) return [];
      const { mean, interval } = accuracy;
      return [
        {
          sign: signs.get(drawn.key) ?? '',
          title: `${comparison.name}, ${nameOf(drawn)}: ${formatShareEstimate(accuracy)}`,
          colour: colourOf(drawn.key),
          hollow: drawn.method.control,
          mean: 100 * mean,
          interval: interval && [100 * interval[0], 100 * interval[1]],
        },
      ];
    });
    const { chance } = comparison.results.target;
    return bars.length === 0 ? [] : [{ label: comparison.name, mark: 100 * chance, bars }];
  });
  if (groups.length === 0) return [];
  const label = `Accuracy of every method by comparison, percent of test clips. ${described(groups, comparisons)}`;
  return [
    {
      id: 'accuracy-bars',
      title:
        groups.length === 1 ? `Accuracy of every method: ${groups[0]?.label}` : 'Accuracy of every method',
      keys: [
        ...methods.map(
          ({ key, label: name, tap, method }): FigureKey => ({
            shape: method.control ? 'hollow-bar' : 'bar',
            label: tap === undefined ? name : `${name} (tap chosen by validation)`,
            colour: colourOf(key),
            sign: signs.get(key) ?? '',
          }),
        ),
        { shape: 'whisker', label: '95% interval of the mean' },
        { shape: 'dashed-line', label: 'chance' },
      ],
      panels: [
        {
          title: '',
          draw: (width) =>
            barsCharts({ label, axis: 'accuracy on test clips, %', groups, limits: [0, 100], width }),
        },
      ],
      columns: 1,
    },
  ];
}

/** With the tap that was chosen in this comparison. */
export function nameOf({ label, tap }: DrawnMethod): string {
  return tap === undefined ? label : `${label} at ${tap}`;
}

function described(groups: readonly BarGroup[], comparisons: readonly DrawnComparison[]): string {
  return groups
    .map(({ bars, label }) => {
      const chance = comparisons.find(({ name }) => name === label)?.results.target.chance;
      return `${bars.map(({ title }) => title).join('; ')}; chance ${formatShare(chance)}.`;
    })
    .join(' ');
}
