import { holm, type PairedDifference } from '../../../analysis/statistics.js';
import { groupBy } from '../../../group-by.js';
import { mean } from '../../../numbers/mean.js';
import { PairedRuns } from '../../pairs.js';
import type { ComparisonResults, MethodDescription, RunResult } from '../../results.js';
import { accuracyDifference } from '../../summary.js';
import type { NamedResults } from '../join.js';
import { namesOfSeries } from './series-names.js';
import { type TappedMethod, tappedMethods } from './tapped-methods.js';

/** What one method at every tap gained, over one reference, in comparisons that are the same but for that. */
export interface LayerwiseGains {
  /** The comparisons that the points are of. */
  readonly runs: readonly string[];
  /** The taps at which something was measured, in the order of the network's layers. */
  readonly taps: readonly string[];
  /** Whether that order is known; false of a network that was given as a file: taps are in the order of their names. */
  readonly ordered: boolean;
  /** The reference's label. */
  readonly reference: string;
  readonly series: readonly TapSeries[];
}

/** Methods that differ in the tap only. */
export interface TapSeries {
  /** What the methods are but for their tap, in one form. */
  readonly form: string;
  /** What their labels have in common. */
  readonly name: string;
  /** A point a tap, in the order of the taps. */
  readonly points: readonly TapPoint[];
  /** The tap whose networks were the best on validation clips; undefined without those. */
  readonly chosen: TapPoint | undefined;
  /** The tap with the largest gain on the test clips: it is chosen by what it is measured by, and so flattered. */
  readonly best: TapPoint | undefined;
}

export interface TapPoint {
  readonly tap: string;
  /** The comparison that it is of. */
  readonly run: string;
  readonly method: MethodDescription;
  /** Accuracy over the reference, in percentage points, paired. */
  readonly gain: PairedDifference;
  /** p of the gain, after Holm's correction for all methods and taps that are drawn together; undefined without a test. */
  readonly pHolm: number | undefined;
  /** Mean accuracy on validation clips at the chosen epochs, in [0, 1]; undefined without those. */
  readonly validation: number | undefined;
}

interface FoundPoint extends TapPoint {
  readonly form: string;
}

/**
 * The gains at each tap: of methods of one comparison that differ in the tap only, and of comparisons that differ in it. Comparisons
 * that repeat each other are apart. A control among methods is never chosen.
 *
 * @throws UserError when runs cannot be paired
 */
export function layerwiseGains(all: readonly NamedResults[]): LayerwiseGains[] {
  const tapped = all.flatMap((named) => {
    const found = tappedMethods(named.results);
    return found === undefined ? [] : [{ ...named, ...found }];
  });
  const alike = groupBy(tapped, ({ experiment, reference }) => `${experiment}\n${reference}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const order = first?.order ?? [];
    const reference = first?.results.methods[0]?.label ?? '';
    const measured = group.map(({ name, results, methods }) => pointsOf(name, results, methods));
    return withoutRepeats(measured).flatMap((points) => gainsOf(points, order, reference));
  });
}

/** Points of several comparisons together, as long as no method is at one tap twice; else apart. */
function withoutRepeats(measured: readonly (readonly FoundPoint[])[]): FoundPoint[][] {
  const sets: FoundPoint[][] = [];
  for (const points of measured) {
    const isNew = (set: readonly FoundPoint[]) =>
      !points.some(({ form, tap }) => set.some((other) => other.form === form && other.tap === tap));
    const free = sets.find(isNew);
    if (free === undefined) sets.push([...points]);
    else free.push(...points);
  }
  return sets;
}

function gainsOf(
  points: readonly FoundPoint[],
  order: readonly string[],
  reference: string,
): LayerwiseGains[] {
  const rank = rankOf(order);
  const series = seriesOf(points, rank);
  if (series.length === 0) return [];
  const used = series.flatMap((one) => one.points);
  return [
    {
      runs: [...new Set(used.map(({ run }) => run))],
      taps: [...new Set(used.map(({ tap }) => tap))].sort(rank),
      ordered: used.every(({ tap }) => order.includes(tap)),
      reference,
      series,
    },
  ];
}

function pointsOf(run: string, results: ComparisonResults, tapped: readonly TappedMethod[]): FoundPoint[] {
  const paired = new PairedRuns(results);
  const [reference] = results.methods;
  return tapped.flatMap(({ id, tap, form }): FoundPoint[] => {
    const method = results.methods.find((one) => one.id === id);
    if (method === undefined || reference === undefined || id === reference.id) return [];
    const gain = accuracyDifference(results, id, reference.id);
    return gain === undefined
      ? []
      : [
          {
            ...{ tap, run, method, gain, form },
            pHolm: undefined,
            validation: validationAccuracy(paired.of(id)),
          },
        ];
  });
}

/** Looking at many taps is making many tests, also where each is in a comparison of its own. */
function corrected(groups: readonly (readonly FoundPoint[])[]): FoundPoint[][] {
  const all = groups.flat();
  const p = holm(all.map(({ gain }) => gain.test?.p));
  const ofPoint = new Map(all.map((point, i) => [point, p[i]]));
  return groups.map((group) => group.map((point) => ({ ...point, pHolm: ofPoint.get(point) })));
}

/** Of methods at two taps or more. */
function seriesOf(points: readonly FoundPoint[], rank: (a: string, b: string) => number): TapSeries[] {
  const groups = [...groupBy(points, ({ form }) => form).values()]
    .filter((group) => new Set(group.map(({ tap }) => tap)).size > 1)
    .map((group) => group.toSorted((a, b) => rank(a.tap, b.tap)));
  const names = namesOfSeries(groups.map((group) => group.map(({ method }) => method)));
  return corrected(groups).map((group, i) => {
    const chosen = chosenOf(group);
    const best = highest(group, ({ gain }) => gain.mean);
    return {
      form: group[0]?.form ?? '',
      name: names[i] ?? '',
      points: group,
      chosen,
      // Of several that gained the same, the chosen one: no choice would claim more than it.
      best: chosen !== undefined && chosen.gain.mean === best?.gain.mean ? chosen : best,
    };
  });
}

/** Of points of which each has validation clips, the one that is best there. */
export function chosenOf<Point extends Pick<TapPoint, 'method' | 'validation'>>(
  points: readonly Point[],
): Point | undefined {
  return highest(points, ({ validation }) => validation);
}

function highest<Point extends Pick<TapPoint, 'method'>>(
  points: readonly Point[],
  measure: (point: Point) => number | undefined,
): Point | undefined {
  const methods = points.filter(({ method }) => !method.control);
  const candidates = methods.length > 0 ? methods : points;
  if (candidates.some((point) => measure(point) === undefined)) return undefined;
  const [first, ...others] = candidates;
  if (first === undefined) return undefined;
  return others.reduce((best, point) => ((measure(point) ?? 0) > (measure(best) ?? 0) ? point : best), first);
}

/** Mean accuracy on validation clips of some runs, each at its chosen epoch; undefined where one had none. */
export function validationAccuracy(runs: readonly RunResult[]): number | undefined {
  const all = runs.map(
    ({ epochs, bestEpoch }) =>
      epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.accuracy ?? Number.NaN,
  );
  const value = mean(all);
  return Number.isFinite(value) ? value : undefined;
}

/** By the order of layers; what is none of them comes last, by its name. */
function rankOf(order: readonly string[]): (a: string, b: string) => number {
  const at = (tap: string) => (order.includes(tap) ? order.indexOf(tap) : order.length);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a, b) => at(a) - at(b) || compare(a, b);
}
