import { formatNumberEstimate, type Line } from 'antitransfer/charts';
import { Scroll } from '../../parts/scroll.tsx';

/** Where each curve is, in numbers: its last epoch that is shown. */
export function CurveNumbers({ lines, axis }: { readonly lines: readonly Line[]; readonly axis: string }) {
  return (
    <Scroll label="Numbers of the curves">
      <table class="numbers">
        <caption>Last epoch shown</caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Epoch</th>
            <th scope="col">
              Mean <small>{axis}, 95% CI</small>
            </th>
            <th scope="col">Runs</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, colour, dashed, points }) => {
            const last = points.at(-1);
            return (
              last && (
                <tr key={name}>
                  <th scope="row">
                    <span
                      class={dashed ? 'swatch control' : 'swatch'}
                      style={{ '--colour': colour }}
                      aria-hidden="true"
                    />
                    {name}
                  </th>
                  <td>{last.epoch}</td>
                  <td>{formatNumberEstimate(last)}</td>
                  <td>{last.n}</td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
