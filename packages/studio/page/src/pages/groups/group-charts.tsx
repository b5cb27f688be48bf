import { formatShareEstimate, methodColours, stripChart } from 'antitransfer/charts';
import type { ColumnGroups, GroupsView } from '../../../../src/views/groups.ts';
import { Chart } from '../../parts/chart.tsx';

/** More groups than this are not drawn: the table has all. */
const MOST_GROUPS = 24;

/** The groups of the reference and of the chosen method on one axis: a dot a run, their mean with its interval. */
export function GroupCharts({
  view: { methods },
  hidden,
  column,
  method,
}: {
  readonly view: GroupsView;
  /** Ids of the methods that are not shown. */
  readonly hidden: ReadonlySet<string>;
  readonly column: ColumnGroups;
  /** The index of the chosen method. */
  readonly method: number;
}) {
  const colours = methodColours(methods);
  const labels = drawnLabels(column, method);
  const shown = [...new Set([0, method])].filter((index) => !hidden.has(methods[index]?.id ?? ''));
  const domain = domainOf(shown.flatMap((index) => column.methods[index] ?? []));
  return (
    <>
      <div class="group-charts">
        {shown.map((index) => {
          const of = column.methods[index];
          const described = methods[index];
          if (of === undefined || described === undefined || of.all === undefined) return null;
          const rows = labels.map((label) => {
            const group = of.groups.find((one) => one.group === label);
            const interval = group?.accuracy.interval;
            return {
              label,
              note: formatShareEstimate(group?.accuracy),
              colour: colours.get(of.method) ?? 'currentColor',
              hollow: described.control,
              runs: (of.runs[label] ?? []).map(({ name, accuracy }) => ({
                value: 100 * accuracy,
                title: `${label}, ${name}: ${(100 * accuracy).toFixed(1)}`,
              })),
              mean: group && 100 * group.accuracy.mean,
              interval: interval && ([100 * interval[0], 100 * interval[1]] as const),
            };
          });
          const mark = { at: 100 * of.all.mean, label: `all ${(100 * of.all.mean).toFixed(1)}` };
          return (
            <figure key={of.method}>
              <figcaption>{described.label}</figcaption>
              <Chart
                draw={(width) =>
                  stripChart({
                    label: `${described.label}, accuracy by ${column.column}: ${rows.map((row) => `${row.label} ${row.note}`).join('; ')}`,
                    axis: 'accuracy, %',
                    rows,
                    mark,
                    width,
                    domain,
                    limits: [0, 100],
                  })
                }
              />
            </figure>
          );
        })}
      </div>
      {labels.length < column.labels.length && (
        <p class="hint">
          Drawn are the {MOST_GROUPS / 2} worst and the {MOST_GROUPS / 2} best of {column.labels.length}, by
          the chosen method; the table has all.
        </p>
      )}
    </>
  );
}

function drawnLabels(column: ColumnGroups, method: number): readonly string[] {
  const all = column.labels.map(({ label }) => label);
  if (all.length <= MOST_GROUPS) return all;
  const order = (column.methods[method]?.groups ?? []).toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
  return [...order.slice(0, MOST_GROUPS / 2), ...order.slice(-MOST_GROUPS / 2)].map(({ group }) => group);
}

/** One axis for both: from the lowest run or end of an interval to the highest, in percent. */
function domainOf(shown: readonly ColumnGroups['methods'][number][]): readonly [low: number, high: number] {
  const runs = shown.flatMap((of) => Object.values(of.runs).flat()).map(({ accuracy }) => accuracy);
  const ends = shown.flatMap(({ groups }) => groups.flatMap(({ accuracy }) => accuracy.interval ?? []));
  const percent = [...runs, ...ends].map((share) => 100 * Math.min(1, Math.max(0, share)));
  return [Math.floor(Math.min(...percent) / 10) * 10, Math.ceil(Math.max(...percent) / 10) * 10];
}
