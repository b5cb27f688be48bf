import type { DifferingSetting } from 'antitransfer/runs';

/** In what the settings of two comparisons differ. */
export interface DifferenceView {
  readonly settings: readonly DifferingSetting[];
}
