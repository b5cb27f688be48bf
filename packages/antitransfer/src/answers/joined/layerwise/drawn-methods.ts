import { groupBy } from '../../../group-by.js';
import { PairedRuns } from '../../pairs.js';
import type { ComparisonResults, MethodDescription } from '../../results.js';
import { chosenOf, validationAccuracy } from './gains.js';
import { namesOfSeries } from './series-names.js';
import { tappedMethods } from './tapped-methods.js';

/** A method as figures show it: of those that differ in the tap only, the one that validation clips choose. */
export interface DrawnMethod {
  /** The same in all comparisons: the method's id, or what methods at several taps have in common. */
  readonly key: string;
  readonly label: string;
  readonly method: MethodDescription;
  /** The tap that was chosen; undefined of a method that is at one only. */
  readonly tap: string | undefined;
}

/**
 * The methods of a comparison, in their order, those that differ in the tap only as one. Where there are no validation clips to
 * choose by, all are shown.
 */
export function drawnMethods(results: ComparisonResults): DrawnMethod[] {
  const paired = new PairedRuns(results);
  const tapped = tappedMethods(results)?.methods ?? [];
  const trained = results.methods.filter(({ id }) => paired.of(id).length > 0);
  const points = tapped.flatMap(({ id, tap, form }) => {
    const method = trained.find((one) => one.id === id);
    return method === undefined || method === trained[0]
      ? []
      : [{ tap, form, method, validation: validationAccuracy(paired.of(id)) }];
  });
  const groups = [...groupBy(points, ({ form }) => form).values()].filter((group) => group.length > 1);
  const names = namesOfSeries(groups.map((group) => group.map(({ method }) => method)));
  const series = groups.flatMap((group, i) => {
    const chosen = chosenOf(group);
    return chosen === undefined ? [] : [{ group, chosen, name: names[i] ?? '' }];
  });
  return trained.flatMap((method): DrawnMethod[] => {
    const own = series.find(({ group }) => group.some((point) => point.method === method));
    if (own === undefined) return [{ key: method.id, label: method.label, method, tap: undefined }];
    if (own.group[0]?.method !== method) return [];
    const { chosen, name } = own;
    return [{ key: chosen.form, label: name, method: chosen.method, tap: chosen.tap }];
  });
}
