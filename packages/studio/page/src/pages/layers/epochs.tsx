import { type CurvePoint, type Line, linesChart, rangeOf } from 'antitransfer/charts';
import { useCallback, useMemo } from 'preact/hooks';
import type { LayerTask } from '../../../../src/views/layers.ts';
import { Chart } from '../../parts/chart.tsx';
import { Legend } from './legend.tsx';
import type { ShownLayers, ShownNetwork } from './networks.ts';

interface Curve {
  /** Of all networks whose curve it is. */
  readonly label: string;
  readonly network: ShownNetwork;
  readonly points: readonly CurvePoint[];
}

/** How alike networks were to the frozen one, epoch by epoch; nothing where that was not kept. */
export function Epochs({ view, task }: { readonly view: ShownLayers; readonly task: LayerTask }) {
  const curves = useMemo(() => curvesOf(view, task), [view, task]);
  const draw = useCallback((width: number) => chartOf(curves, task.name, width), [curves, task]);
  if (curves.length === 0) return null;
  return (
    <section aria-labelledby="epochs">
      <h2 id="epochs">While they learned</h2>
      <p class="lead">
        CKA to the {task.name} network at the same tap after each epoch, on validation clips. Means over runs;
        bands are 95% intervals, where there are three runs or more.
      </p>
      <Legend networks={curves.map(({ network, label }) => ({ ...network, label }))} />
      <Chart draw={draw} />
    </section>
  );
}

/** What was done to a network after its training has no curve of its own: it stands beside the name of that training. */
function curvesOf(view: ShownLayers, task: LayerTask): Curve[] {
  const all = view.networks.flatMap((network) => {
    const points = task.trained.find(({ method }) => method === network.id)?.ckaCurve ?? [];
    return points.length === 0 ? [] : [{ network, points }];
  });
  const distinct = all.filter(
    ({ points }, at) => !all.slice(0, at).some((other) => isSame(points, other.points)),
  );
  return distinct.map(({ network, points }) => {
    const same = all.filter((other) => isSame(points, other.points));
    return { network, points, label: same.map((one) => one.network.label).join(' = ') };
  });
}

function isSame(points: readonly CurvePoint[], others: readonly CurvePoint[]): boolean {
  return points.length === others.length && points.every(({ mean }, at) => mean === others[at]?.mean);
}

function chartOf(curves: readonly Curve[], task: string, width: number) {
  const lines = curves.map(
    ({ label, network: { colour, dashed }, points }): Line => ({ name: label, colour, dashed, points }),
  );
  const last = curves.map(({ label, points }) => `${label}: ${points.at(-1)?.mean.toFixed(2)}`);
  return linesChart({
    label: `CKA to the ${task} network over the epochs. At the end, ${last.join('; ')}.`,
    axis: 'CKA',
    lines,
    width,
    height: 240,
    domain: rangeOf(lines, [0, 1]),
    epochs: Math.max(...lines.flatMap(({ points }) => points.map(({ epoch }) => epoch))),
  });
}
