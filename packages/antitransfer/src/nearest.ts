import { distance } from 'fastest-levenshtein';

/**
 * ` Did you mean conv2_2?` when one of the names is near to what was given, in whatever case, else nothing. Names that have
 * no letter in common with it are not near, however short they are.
 */
export function nearest(given: string, names: readonly string[]): string {
  const [best] = byDistance(given, names);
  if (best === undefined || best.far >= Math.max(given.length, best.name.length)) {
    return '';
  }
  return best.far <= Math.max(2, Math.ceil(best.name.length / 2)) ? ` Did you mean ${best.name}?` : '';
}

/** More names than these are no help in a message. */
export const FEW_NAMES = 12;
const NEAREST = 5;

/**
 * The end of a message about a name that there is not: which there are, and which was meant. Of many the nearest only, and
 * where all are listed.
 *
 * @param listing the command that lists them; without one all stand here
 */
export function choices(given: string, names: readonly string[], listing?: string): string {
  const meant = nearest(given, names);
  if (listing === undefined || names.length <= FEW_NAMES) return `there are ${names.join(', ')}.${meant}`;
  const near = byDistance(given, names).slice(0, NEAREST);
  const some = near.map(({ name }) => name).join(', ');
  return `of ${names.length}, the nearest are ${some}.${meant} "${listing}" lists all that a configuration may name.`;
}

function byDistance(
  given: string,
  names: readonly string[],
): { readonly name: string; readonly far: number }[] {
  const wanted = given.toLowerCase();
  return names
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
}
