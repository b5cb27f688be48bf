import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean conv2_2?` when one of the names is near to what was given, else nothing. */
export function nearest(given: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const best = closest(given, [...names]);
  const near = distance(given, best) <= Math.max(2, Math.ceil(best.length / 2));
  return near ? ` Did you mean ${best}?` : '';
}
