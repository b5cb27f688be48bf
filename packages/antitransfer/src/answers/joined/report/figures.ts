import type { Figure } from '../../figures/figure.js';
import { barsFigure } from './bars.js';
import type { JoinedContents } from './contents.js';
import { lossFigures } from './losses.js';
import { tapFigures } from './tap-gains.js';

/** The figures of several comparisons, by what they show. */
export interface JoinedFigures {
  readonly bars: readonly Figure[];
  readonly layerwise: readonly Figure[];
  /** One a comparison. */
  readonly losses: readonly Figure[];
}

export function joinedFigures(contents: JoinedContents): JoinedFigures {
  return { bars: barsFigure(contents), layerwise: tapFigures(contents), losses: lossFigures(contents) };
}
