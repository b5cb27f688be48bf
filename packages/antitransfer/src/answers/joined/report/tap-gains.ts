import { type TapMark, tapGainsChart } from '../../charts/tap-gains.js';
import type { Figure, FigureKey } from '../../figures/figure.js';
import { formatInterval, formatPoints, formatShare } from '../../format.js';
import type { LayerwiseGains, TapSeries } from '../layerwise/gains.js';
import type { JoinedContents } from './contents.js';

/** The gains at each tap, a figure for each set of comparisons that are alike. */
export function tapFigures({ layerwise, colours }: JoinedContents): Figure[] {
  return layerwise.map((gains, i): Figure => {
    const { reference, taps, series } = gains;
    const colourOf = ({ form }: TapSeries) => colours.get(form) ?? 'currentColor';
    const lines = series.map((one) => ({ colour: colourOf(one), points: marksOf(one, gains) }));
    const said = lines.map(({ points }) => points.map(({ title }) => title).join('; ')).join('. ');
    return {
      id: layerwise.length === 1 ? 'layerwise-gains' : `layerwise-gains-${i + 1}`,
      title: `Gain by the tap: ${gains.runs.join(', ')}`,
      keys: [
        ...series.map(
          (one): FigureKey => ({
            shape: one.points.every(({ method }) => method.control) ? 'hollow-dot' : 'dot',
            label: one.name,
            colour: colourOf(one),
          }),
        ),
        { shape: 'whisker', label: '95% interval' },
        { shape: 'diamond', label: 'tap chosen by validation' },
        { shape: 'ring', label: 'best on the test, and chosen on the test' },
      ],
      panels: [
        {
          title: '',
          draw: (width) => [
            tapGainsChart({
              label: `Gain in accuracy over ${reference} by the tap, percentage points. ${said}.`,
              axis: `gain over ${reference}, points of accuracy`,
              taps,
              lines,
              width,
            }),
          ],
        },
      ],
      columns: 1,
    };
  });
}

function marksOf({ name, points, chosen, best }: TapSeries, { runs }: LayerwiseGains): TapMark[] {
  return points.map((point): TapMark => {
    const { tap, gain, method, run, validation } = point;
    const where = runs.length > 1 ? ` (${run})` : '';
    const facts = [
      `${formatPoints(gain.mean)} ${formatInterval(gain)}`.trim(),
      ...(validation === undefined ? [] : [`${formatShare(validation)}% on validation clips`]),
      ...(point === chosen ? ['chosen by validation'] : []),
      ...(point === best ? ['best on the test, and chosen on the test'] : []),
    ];
    return {
      tap,
      title: `${name} at ${tap}${where}: ${facts.join(', ')}`,
      mean: gain.mean,
      interval: gain.test?.interval,
      hollow: method.control,
      chosen: point === chosen,
      best: point === best,
    };
  });
}
