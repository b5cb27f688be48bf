import { formatDuration } from 'antitransfer/charts';
import type { TimeLeft } from '../../../src/views/comparison.ts';

/** `about 12 min left`; empty where nothing is known. */
export function timeLeftText(left: TimeLeft | undefined): string {
  if (left === undefined) return '';
  return `${left.atLeast ? 'more than' : 'about'} ${formatDuration(left.seconds)} left`;
}
