import { type Line, linesChart, methodColours, rangeOf } from 'antitransfer/charts';
import { useCallback, useMemo } from 'preact/hooks';
import { addressOf } from '../../../../src/views/address.ts';
import type { MethodView } from '../../../../src/views/comparison.ts';
import type { CurvesView } from '../../../../src/views/curves.ts';
import { setQuery } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { Chart } from '../../parts/chart.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageProps } from '../page.ts';
import { CurveNumbers } from './curve-numbers.tsx';
import { EpochZoom } from './epoch-zoom.tsx';
import { type EpochRange, linesOf, rangeOfQuery } from './lines-of.ts';

/** Learning curves, live: a thin line a seed, the mean and its interval, of a measure that can be chosen. */
export function Curves({
  run,
  query,
  version,
  methods,
  hidden,
  chance,
}: PageProps & {
  readonly methods: readonly MethodView[];
  readonly hidden: ReadonlySet<string>;
  /** In [0, 1]; undefined as long as it is not known. */
  readonly chance: number | undefined;
}) {
  const { measure } = query;
  const address = addressOf(
    `runs/${encodeURIComponent(run)}/curves`,
    measure === undefined ? {} : { measure },
  );
  const asked = useAsked<CurvesView>(address, version);
  const { from, to } = query;
  return (
    <section aria-labelledby="learning" class="learning">
      <h2 id="learning">Learning curves</h2>
      <p class="lead">
        A thin line is one seed, a thick one the mean; the band is the 95% confidence interval of the mean
        over these runs, where there are three or more. Other than the intervals above, it is not widened for
        clips that their splits share. Controls are dashed.
      </p>
      {asked.problem !== undefined && measure !== undefined && (
        <button type="button" onClick={() => setQuery({ measure: '' })}>
          Show what was measured
        </button>
      )}
      <Waiting asked={asked}>
        {(view) =>
          view.measure === undefined ? (
            <p class="quiet">No epoch is done yet.</p>
          ) : (
            <Drawn view={view} from={from} to={to} methods={methods} hidden={hidden} chance={chance} />
          )
        }
      </Waiting>
    </section>
  );
}

function Drawn({
  view,
  from,
  to,
  methods,
  hidden,
  chance,
}: {
  readonly view: CurvesView;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly methods: readonly MethodView[];
  readonly hidden: ReadonlySet<string>;
  readonly chance: number | undefined;
}) {
  const range = useMemo(() => rangeOfQuery({ from, to }, view.epochs), [from, to, view.epochs]);
  const lines = useMemo(
    () => linesOf(view, { methods, colours: methodColours(methods), hidden, range }),
    [view, methods, hidden, range],
  );
  const mark = useMemo(
    () =>
      chance !== undefined && view.axis.startsWith('accuracy')
        ? { at: 100 * chance, label: 'chance' }
        : undefined,
    [view.axis, chance],
  );
  const draw = useCallback(
    (width: number) => chartOf(view, lines, range, width, mark),
    [view, lines, range, mark],
  );
  return (
    <>
      <div class="controls">
        <label>
          Measure{' '}
          <select
            value={view.measure}
            onChange={({ currentTarget }) => setQuery({ measure: currentTarget.value })}
          >
            {view.measures.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <EpochZoom range={range} epochs={view.epochs} />
      </div>
      <figure>
        <figcaption>{view.title}</figcaption>
        <Chart draw={draw} />
      </figure>
      <CurveNumbers lines={lines} axis={view.axis} />
    </>
  );
}

function chartOf(
  view: CurvesView,
  lines: readonly Line[],
  range: EpochRange,
  width: number,
  mark: { readonly at: number; readonly label: string } | undefined,
) {
  const isWhole = range.from === 1 && range.to === view.epochs;
  return linesChart({
    label: `${view.title} over the epochs, by method. The numbers stand in the table below.`,
    axis: view.axis,
    lines,
    width,
    height: width < 560 ? 260 : 380,
    domain: isWhole ? rangeOf(lines, view.within) : closeRange(lines, view.within),
    epochs: range.to,
    from: range.from,
    named: true,
    ...(isWhole && mark && { mark }),
  });
}

/** What the lines of a few epochs fill: a part that was chosen is looked at closely. */
function closeRange(lines: readonly Line[], within: CurvesView['within']): [number, number] {
  const values = lines.flatMap(({ points, runs = [] }) => [
    ...points.map(({ mean }) => mean),
    ...runs.flatMap((run) => run.points.map(({ value }) => value)),
  ]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low < high ? [low, high] : [...within];
}
