import { linesChart, rangeOf } from '../../charts/lines.js';
import type { Figure } from '../../figures/figure.js';
import { curveLines, lossCurves } from '../../page/curves.js';
import { PairedRuns } from '../../pairs.js';
import { nameOf } from './bars.js';
import type { DrawnComparison, JoinedContents } from './contents.js';

const HEIGHT = 180;

/** Cross-entropy over the epochs of every comparison, a panel a method, on shared axes. */
export function lossFigures({ comparisons, colours }: JoinedContents): Figure[] {
  return comparisons.flatMap((comparison, i) => lossFigure(comparison, i, colours));
}

function lossFigure(
  { name, results, methods }: DrawnComparison,
  index: number,
  colours: ReadonlyMap<string, string>,
): Figure[] {
  const paired = new PairedRuns(results);
  const drawn = methods.flatMap((method) => {
    const colour = colours.get(method.key) ?? 'currentColor';
    const lines = curveLines(paired.of(method.method.id), colour, lossCurves);
    return lines.every(({ points }) => points.length === 0) ? [] : [{ title: nameOf(method), lines }];
  });
  if (drawn.length === 0) return [];
  const every = drawn.flatMap(({ lines }) => lines);
  const domain = rangeOf(every, lossCurves.within);
  const epochs = Math.max(...every.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  return [
    {
      id: `losses-${index + 1}`,
      title: `Cross-entropy over the epochs: ${name}`,
      keys: [
        { shape: 'line', label: 'validation' },
        { shape: 'dashed-line', label: 'training' },
      ],
      panels: drawn.map(({ title, lines }) => ({
        title,
        draw: (width) => [
          linesChart({
            label: `${name}, ${title}: ${lossCurves.axis} in training and validation over the epochs`,
            axis: lossCurves.axis,
            lines,
            width,
            height: HEIGHT,
            domain,
            epochs,
          }),
        ],
      })),
      columns: 3,
    },
  ];
}
