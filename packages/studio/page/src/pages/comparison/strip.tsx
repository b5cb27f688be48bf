import { html, type StripFigure, stripChart, stripOptions } from 'antitransfer/charts';
import { useCallback } from 'preact/hooks';
import { Chart } from '../../parts/chart.tsx';

const NOTHING = html``;

/** One of the report's strips, without the methods that are hidden. */
export function Strip({
  figure,
  hidden,
}: {
  readonly figure: StripFigure | undefined;
  readonly hidden: ReadonlySet<string>;
}) {
  const draw = useCallback(
    (width: number) => {
      const rows = figure?.rows.filter(({ method }) => !hidden.has(method)) ?? [];
      return figure === undefined || rows.length === 0
        ? NOTHING
        : stripChart({ ...stripOptions({ ...figure, rows }), width });
    },
    [figure, hidden],
  );
  if (figure === undefined) return null;
  return (
    <figure>
      <figcaption>{figure.title}</figcaption>
      <Chart draw={draw} />
    </figure>
  );
}
