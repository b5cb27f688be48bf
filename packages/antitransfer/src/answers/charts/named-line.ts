import * as Plot from '@observablehq/plot';
import type { Mark } from './mark.js';

/** A dashed line with its name at the right. */
export function namedLine({ at, label }: Mark) {
  return [
    Plot.ruleY([at], { stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '3 3' }),
    Plot.text([label], {
      text: [label],
      y: at,
      frameAnchor: 'right',
      textAnchor: 'end',
      dy: -6,
      fill: 'var(--quiet)',
      stroke: 'var(--paper)',
      strokeWidth: 3,
    }),
  ];
}
