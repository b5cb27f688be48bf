import { heatMap, type TapCurve, tapLinesChart } from 'antitransfer/charts';
import { useCallback, useMemo } from 'preact/hooks';
import type { LayerMeasureView, LayerTask } from '../../../../src/views/layers.ts';
import { setQuery } from '../../address.ts';
import { Chart } from '../../parts/chart.tsx';
import { Choice } from '../../parts/choice.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import type { PageProps } from '../page.ts';
import { ChangeCell } from './change-cell.tsx';
import { Legend } from './legend.tsx';
import type { ShownLayers, ShownNetwork } from './networks.ts';

interface Measured {
  readonly task: LayerTask;
  readonly taps: readonly string[];
  readonly marked: string | undefined;
  readonly measure: LayerMeasureView;
  /** Those that were looked at. */
  readonly networks: readonly ShownNetwork[];
}

/** Every network at every tap, one measure at a time: numbers in a grid, lines, and all of it in a table. */
export function EveryTap({
  view,
  taps,
  task,
  query,
}: {
  readonly view: ShownLayers;
  readonly taps: readonly string[];
  readonly task: LayerTask;
  readonly query: PageProps['query'];
}) {
  const measure = task.measures.find(({ id }) => id === query.measure) ?? task.measures[0];
  const measured = useMemo((): Measured | undefined => {
    const seen = new Set(measure?.cells.map(({ network }) => network));
    const networks = view.networks.filter(({ id }) => seen.has(id));
    return measure && { task, taps, marked: view.trainedTap, measure, networks };
  }, [view, taps, task, measure]);
  if (measured === undefined) return null;
  const isBegun = measured.networks.some(({ id }) => id === null);
  return (
    <section aria-labelledby="every-tap">
      <h2 id="every-tap">At every tap</h2>
      <p class="lead">
        What “antitransfer analyze” found {view.position} the activation function, averaged over time and
        frequency. It draws its probes anew and measures CKA without bias, so at{' '}
        {view.trainedTap ?? 'the same tap'} its numbers are near those above, not the same; that tap is
        marked.
        {isBegun &&
          ' “before training” are the first weights: what is read there, the training did not put there.'}
      </p>
      <Choice
        label="What is shown"
        options={task.measures.map(({ id, title }) => ({ id, text: title }))}
        chosen={measured.measure.id}
        onChoose={(id) => setQuery({ measure: id })}
      />
      <Pictures measured={measured} />
      <details>
        <summary>All numbers, with their intervals and changes</summary>
        <Numbers {...measured} />
      </details>
    </section>
  );
}

function Pictures({ measured }: { readonly measured: Measured }) {
  const { measure, networks } = measured;
  const drawHeat = useCallback((width: number) => heat(measured, width), [measured]);
  const drawLines = useCallback((width: number) => lines(measured, width), [measured]);
  return (
    <>
      <h3>
        {measure.title} <small class="quiet">{measure.description}</small>
      </h3>
      <Chart draw={drawHeat} />
      <Legend networks={networks} />
      <Chart draw={drawLines} />
    </>
  );
}

function cellOf(measure: LayerMeasureView, network: string | null, tap: string) {
  return measure.cells.find((cell) => cell.network === network && cell.tap === tap);
}

function heat({ task, taps, marked, measure, networks }: Measured, width: number) {
  const shown = new Map(measure.cells.map(({ value }) => [value.mean, value.short]));
  return heatMap({
    label: `${measure.title}, ${task.name}, by network and tap. The numbers are in the table below.`,
    columns: taps.map((tap) => (tap === marked ? `${tap} ◂` : tap)),
    rows: networks.map(({ label }) => label),
    value: (row, column) => cellOf(measure, networks[row]?.id ?? null, taps[column] ?? '')?.value.mean,
    format: (value) => shown.get(value) ?? '',
    domain: measure.domain,
    width,
  });
}

/** Runs below which lines have no band. */
const FEWEST = 3;

function lines({ task, taps, marked, measure, networks }: Measured, width: number) {
  const { chance, scale, domain } = measure;
  const curves = networks.map(
    ({ id, label, colour, dashed }): TapCurve => ({
      colour,
      dashed,
      points: taps.flatMap((tap) => {
        const value = cellOf(measure, id, tap)?.value;
        if (value === undefined) return [];
        const { mean, interval, text, n } = value;
        // Of two runs an interval would fill the chart; the table has it.
        const band = n >= FEWEST ? interval : undefined;
        return {
          tap,
          mean: scale * mean,
          interval: band && [scale * band[0], scale * band[1]],
          title: `${label}, ${tap}: ${text}, ${n} ${n === 1 ? 'run' : 'runs'}`,
        };
      }),
    }),
  );
  return tapLinesChart({
    label: `${measure.title}, ${task.name}, a line a network over the taps. The numbers are in the table below.`,
    axis: measure.title,
    taps,
    marked,
    curves,
    domain: [scale * domain[0], scale * domain[1]],
    ...(chance !== undefined && {
      mark: { at: scale * chance, label: `chance ${(100 * chance).toFixed(1)}%` },
    }),
    width,
  });
}

function Numbers({ task, taps, marked, measure, networks }: Measured) {
  return (
    <Scroll label={`${measure.title}, ${task.name}: all numbers`}>
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Tap</th>
            <th scope="col">n</th>
            <th scope="col">{measure.title}</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {networks.flatMap(({ id, label }) =>
            taps.flatMap((tap) => {
              const cell = cellOf(measure, id, tap);
              if (cell === undefined) return [];
              return (
                <tr key={`${id} ${tap}`}>
                  <th scope="row">{label}</th>
                  <td>
                    {tap}
                    {tap === marked && <small class="quiet"> where the comparison looks</small>}
                  </td>
                  <td>{cell.value.n}</td>
                  <td>{cell.value.text}</td>
                  <ChangeCell change={cell.change} unit="" />
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}
