import { addressOf } from '../../../../src/views/address.ts';
import type { DifferenceView } from '../../../../src/views/difference.ts';
import type { RunListView } from '../../../../src/views/run-list.ts';
import { hrefOf, setQuery } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { Scroll } from '../../parts/scroll.tsx';
import { Waiting } from '../../parts/waiting.tsx';

/** Another comparison beside this one: only the settings in which they differ. */
export function Pinned({
  run,
  pinned,
  version,
}: {
  readonly run: string;
  readonly pinned: string;
  readonly version: number;
}) {
  const list = useAsked<RunListView>('runs', 0);
  const address =
    pinned === '' ? undefined : addressOf(`runs/${encodeURIComponent(run)}/difference`, { with: pinned });
  const asked = useAsked<DifferenceView>(address, version);
  const other = list.view?.runs.find(({ id }) => id === pinned);
  return (
    <section aria-labelledby="pinned">
      <h2 id="pinned">Beside another comparison</h2>
      <div class="controls">
        <label>
          Pinned{' '}
          <select value={pinned} onChange={({ currentTarget }) => setQuery({ pinned: currentTarget.value })}>
            <option value="">none</option>
            {list.view?.runs
              .filter(({ id }) => id !== run)
              .map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
          </select>
        </label>
        {pinned !== '' && (
          <a href={hrefOf({ page: 'comparison', run: pinned, query: { pinned: run } })}>Go there</a>
        )}
      </div>
      {pinned !== '' && (
        <Waiting asked={asked}>
          {({ settings }) => (
            <>
              <p>{other?.verdict ?? 'It has no answer yet.'}</p>
              {settings.length === 0 ? (
                <p>Both have the same settings.</p>
              ) : (
                <Differences settings={settings} pinned={pinned} />
              )}
            </>
          )}
        </Waiting>
      )}
    </section>
  );
}

function Differences({ settings, pinned }: DifferenceView & { readonly pinned: string }) {
  return (
    <Scroll label="Settings that differ">
      <table class="differences">
        <caption>Settings that differ</caption>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Here</th>
            <th scope="col">{pinned}</th>
          </tr>
        </thead>
        <tbody>
          {settings.map(({ key, here, there }) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>{here ?? 'not set'}</td>
              <td>{there ?? 'not set'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
