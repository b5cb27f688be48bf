import { useEffect } from 'preact/hooks';
import type { RunListView, RunRow } from '../../src/views/run-list.ts';
import { hrefOf, setQuery } from './address.ts';
import { useAsked, useLive } from './ask.ts';

/** Goes to the comparison that was begun last, as long as it is asked for, and says that it does. */
export function Follow({ run }: { readonly run: string }) {
  const { version } = useLive('');
  const asked = useAsked<RunListView>('runs', version);
  const newest = newestRunning(asked.view?.runs ?? [])?.id;
  useEffect(() => {
    if (newest === undefined || newest === run) return;
    location.hash = hrefOf({ page: 'comparison', run: newest, query: { follow: 'newest' } });
  }, [newest, run]);
  return (
    <p class="follow" role="status">
      {newest === undefined
        ? 'Nothing is running. The next comparison opens as it begins.'
        : 'Following the newest.'}{' '}
      <button type="button" onClick={() => setQuery({ follow: '' })}>
        Stay here
      </button>
    </p>
  );
}

function newestRunning(runs: readonly RunRow[]): RunRow | undefined {
  return runs
    .filter(({ state }) => state === 'running')
    .sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1))[0];
}
