import { distance } from 'fastest-levenshtein';

/**
 * ` Did you mean conv2_2?` when one of the names is near to what was given, in whatever case, else nothing. Names that have
 * no letter in common with it are not near, however short they are.
 */
export function nearest(given: string, names: readonly string[]): string {
  const wanted = given.toLowerCase();
  const [best] = names
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  if (best === undefined || best.far >= Math.max(given.length, best.name.length)) {
    return '';
  }
  return best.far <= Math.max(2, Math.ceil(best.name.length / 2)) ? ` Did you mean ${best.name}?` : '';
}
