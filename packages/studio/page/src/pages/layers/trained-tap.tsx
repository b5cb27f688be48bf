import type { LayerTask } from '../../../../src/views/layers.ts';
import { Scroll } from '../../parts/scroll.tsx';
import { ChangeCell } from './change-cell.tsx';
import type { ShownLayers } from './networks.ts';

/** What is left at the tap where the comparison looks: the report's numbers. */
export function TrainedTap({ view, task }: { readonly view: ShownLayers; readonly task: LayerTask }) {
  const rows = view.networks.flatMap((network) => {
    const found = task.trained.find(({ method }) => method === network.id);
    return found === undefined ? [] : [{ ...found, label: network.label }];
  });
  return (
    <section aria-labelledby="trained-tap">
      <h2 id="trained-tap">
        {view.trainedTap === undefined
          ? 'Where the comparison looks'
          : `At ${view.trainedTap}, where the comparison looks`}
      </h2>
      <p class="lead">
        The numbers of the report: means over runs on test clips, with their 95% intervals.{' '}
        {task.chance !== undefined &&
          `By always naming the most frequent ${task.name} a probe is right in ${(100 * task.chance).toFixed(1)}%.`}
      </p>
      <Scroll label={`What is left of the ${task.name}`}>
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">n</th>
              <th scope="col">
                Probe <small>%</small>
              </th>
              <th scope="col">
                Change <small>points</small>
              </th>
              <th scope="col">CKA</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ method, label, probe, probeChange, cka, ckaChange }) => (
              <tr key={method}>
                <th scope="row">{label}</th>
                <td>{probe?.n ?? 0}</td>
                <td>{probe?.text ?? '–'}</td>
                <ChangeCell change={probeChange} unit="points" />
                <td>{cka?.text ?? '–'}</td>
                <ChangeCell change={ckaChange} unit="of CKA" />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
