import { useMemo } from 'preact/hooks';
import type { FoundView } from '../../../../src/views/found.ts';
import type { LayersView } from '../../../../src/views/layers.ts';
import { setQuery } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { hiddenOf } from '../../hidden.ts';
import { Choice } from '../../parts/choice.tsx';
import { Command } from '../../parts/command.tsx';
import { MethodToggles } from '../../parts/method-toggles.tsx';
import { Standing } from '../../parts/standing.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { Epochs } from './epochs.tsx';
import { EveryTap } from './every-tap.tsx';
import { shownNetworks } from './networks.ts';
import { TapMap } from './tap-map.tsx';
import { TrainedTap } from './trained-tap.tsx';

export const layersPage: PageDefinition = { name: 'layers', title: 'Layers', ofRun: true, View: Layers };

function Layers({ run, query, version }: PageProps) {
  const path = `runs/${encodeURIComponent(run)}`;
  const asked = useAsked<LayersView>(`${path}/layers`, version);
  const found = useAsked<FoundView>(`${path}/answer`, version);
  return (
    <>
      <h1>What the layers know</h1>
      <Standing found={found.view} what="These numbers" />
      <Waiting asked={asked}>{(view) => <Known run={run} view={view} query={query} />}</Waiting>
    </>
  );
}

function Known({ run, view, query }: Pick<PageProps, 'run' | 'query'> & { readonly view: LayersView }) {
  const hidden = useMemo(() => hiddenOf(query), [query.hidden]);
  const shown = useMemo(
    () => ({
      ...view,
      networks: shownNetworks(view.networks).filter(({ id }) => id === null || !hidden.has(id)),
    }),
    [view, hidden],
  );
  const task = view.tasks.find(({ name }) => name === query.task) ?? view.tasks[0];
  if (task === undefined) {
    return <p>Nothing is known yet. What layers know stands here when the first seed or fold is complete.</p>;
  }
  const methods = view.networks.flatMap(({ id, label, control }) =>
    id === null ? [] : [{ id, label, control }],
  );
  return (
    <>
      <p class="lead">
        The networks learned the {view.target}. A linear probe tells how well the {task.name} can still be
        read at a layer, CKA how like the layer is to that of a network that learned the {task.name}. What can
        be read need not be used. Changes are from “{methods[0]?.label}”; “not shown” stands where the 95%
        interval of a change holds zero.
      </p>
      {view.tasks.length > 1 && (
        <Choice
          label="What was to be forgotten"
          options={view.tasks.map(({ name }) => ({ id: name, text: name }))}
          chosen={task.name}
          onChoose={(name) => setQuery({ task: name })}
        />
      )}
      <MethodToggles methods={methods} hidden={hidden} />
      <TrainedTap view={shown} task={task} />
      <Epochs view={shown} task={task} />
      {view.taps === undefined ? (
        <section aria-labelledby="every-tap">
          <h2 id="every-tap">At every tap</h2>
          <p>Nobody has looked at the other layers yet.</p>
          {view.command !== undefined && (
            <>
              <p>
                This does, with the networks as they are stored, and trains nothing; the page shows it when it
                is done:
              </p>
              <Command text={view.command} />
            </>
          )}
        </section>
      ) : (
        <EveryTap view={shown} taps={view.taps} task={task} query={query} />
      )}
      <TapMap run={run} view={shown} query={query} />
    </>
  );
}
