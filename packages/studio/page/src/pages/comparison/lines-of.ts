import type { Line } from 'antitransfer/charts';
import type { MethodView } from '../../../../src/views/comparison.ts';
import type { CurvesView } from '../../../../src/views/curves.ts';

/** The epochs that are shown, both included. */
export interface EpochRange {
  readonly from: number;
  readonly to: number;
}

/** As the address has it: `?from=3&to=9`; all where it says nothing, or nothing that can be shown. */
export function rangeOfQuery(
  query: { readonly from: string | undefined; readonly to: string | undefined },
  epochs: number,
): EpochRange {
  const whole = (text: string | undefined, otherwise: number) => {
    const value = Number(text ?? otherwise);
    return Number.isInteger(value) ? Math.min(epochs, Math.max(1, value)) : otherwise;
  };
  const [from, to] = [whole(query.from, 1), whole(query.to, epochs)];
  return from < to ? { from, to } : { from: 1, to: epochs };
}

/** A line a method that is shown, with one of each of its trainings, between two epochs. */
export function linesOf(
  { curves }: CurvesView,
  {
    methods,
    colours,
    hidden,
    range,
  }: {
    readonly methods: readonly MethodView[];
    readonly colours: ReadonlyMap<string, string>;
    readonly hidden: ReadonlySet<string>;
    readonly range: EpochRange;
  },
): Line[] {
  const isShown = ({ epoch }: { readonly epoch: number }) => epoch >= range.from && epoch <= range.to;
  return methods.flatMap(({ id, label, control }): Line[] => {
    const curve = curves.find(({ method }) => method === id);
    if (curve === undefined || hidden.has(id)) return [];
    const points = curve.points.filter(isShown);
    if (points.length === 0) return [];
    return [
      {
        name: label,
        colour: colours.get(id) ?? 'currentColor',
        dashed: control,
        points,
        runs: curve.runs.map(({ name, points: all }) => ({ name, points: all.filter(isShown) })),
      },
    ];
  });
}
