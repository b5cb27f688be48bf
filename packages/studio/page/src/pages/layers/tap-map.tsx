import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from '../../../../src/views/address.ts';
import type { LayersView } from '../../../../src/views/layers.ts';
import type { MapView } from '../../../../src/views/map.ts';
import { hrefOf, setQuery } from '../../address.ts';
import { isExport, useAsked } from '../../ask.ts';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageProps } from '../page.ts';
import { MapChart, markOf } from './map-chart.tsx';

/** A map of one network at one tap; it is drawn when somebody asks for it. */
export function TapMap({
  run,
  view,
  query,
}: Pick<PageProps, 'run' | 'query'> & { readonly view: LayersView }) {
  const methods = view.networks.flatMap(({ id, label }) => (id === null ? [] : [{ id, text: label }]));
  const taps = view.taps ?? (view.trainedTap === undefined ? [] : [view.trainedTap]);
  const columns = [view.target, ...view.tasks.map(({ name }) => name)];
  const method = oneOf(methods, query.of) ?? '';
  const name = oneOf(
    view.repetitions.map((one) => ({ id: one.name })),
    query.repetition,
  );
  const tap =
    oneOf(
      taps.map((id) => ({ id })),
      query.tap ?? view.trainedTap,
    ) ?? '';
  const column =
    oneOf(
      columns.map((id) => ({ id })),
      query.colour,
    ) ?? view.target;
  const repetition = view.repetitions.find((one) => one.name === name);
  if (isExport || repetition === undefined || tap === '' || method === '') return null;
  const { seed, fold } = repetition;
  const of = { seed: String(seed), ...(fold !== undefined && { fold: String(fold) }) };
  return (
    <section aria-labelledby="map">
      <h2 id="map">A map</h2>
      <p class="lead">
        What one network says of each test clip at a tap, averaged over time and frequency, on the two axes
        along which clips differ most (PCA). Where colours part, the layer knows them apart; where they are
        mixed, it may still know.
      </p>
      <div class="controls">
        <Select label="Network" options={methods} chosen={method} onChoose={(id) => setQuery({ of: id })} />
        <Select
          label="Of"
          options={view.repetitions.map((one) => ({ id: one.name, text: one.name }))}
          chosen={repetition.name}
          onChoose={(id) => setQuery({ repetition: id })}
        />
        <Select
          label="Tap"
          options={taps.map((id) => ({ id, text: id }))}
          chosen={tap}
          onChoose={(id) => setQuery({ tap: id })}
        />
        <Select
          label="Coloured by"
          options={columns.map((id) => ({ id, text: id }))}
          chosen={column}
          onChoose={(id) => setQuery({ colour: id })}
        />
        {query.map === undefined && (
          <button type="button" onClick={() => setQuery({ map: 'shown' })}>
            Draw the map
          </button>
        )}
      </div>
      {query.map !== undefined && (
        <Drawn
          run={run}
          address={addressOf(`runs/${encodeURIComponent(run)}/map`, { method, tap, ...of })}
          column={column}
          of={of}
          chosen={query.clip}
        />
      )}
    </section>
  );
}

function Drawn({
  run,
  address,
  column,
  of,
  chosen,
}: {
  readonly run: string;
  readonly address: string;
  readonly column: string;
  /** Whose network heard the clips. */
  readonly of: Readonly<Record<string, string>>;
  readonly chosen: string | undefined;
}) {
  // What a network says does not change with the comparison.
  const asked = useAsked<MapView>(address, 0);
  return (
    <Waiting asked={asked}>
      {(map) => {
        const labels = [...new Set(map.points.flatMap(({ labels: own }) => own[column] ?? []))].sort();
        const [x, y] = map.explained.map((part) => `${(100 * part).toFixed(0)}%`);
        const choose = (clip: string) => setQuery({ clip });
        return (
          <>
            <p class="quiet">
              {map.points.length} clips. The axes show {x} and {y} of what varies.
            </p>
            <ul class="legend marks" aria-label={column}>
              {labels.map((label, at) => (
                <li key={label}>
                  <svg viewBox="-8 -8 16 16" aria-hidden="true">
                    <path {...markOf(at)} stroke-width="1.5" fill-opacity="0.75" />
                  </svg>
                  {label}
                </li>
              ))}
            </ul>
            <MapChart map={map} labels={labels} column={column} chosen={chosen} onChoose={choose} />
            <Chosen run={run} map={map} column={column} of={of} chosen={chosen} onChoose={choose} />
          </>
        );
      }}
    </Waiting>
  );
}

/** The clip that was chosen: heard at once, and to be looked at among the others. */
function Chosen({
  run,
  map,
  column,
  of,
  chosen,
  onChoose,
}: {
  readonly run: string;
  readonly map: MapView;
  readonly column: string;
  readonly of: Readonly<Record<string, string>>;
  readonly chosen: string | undefined;
  readonly onChoose: (clip: string) => void;
}) {
  const audio = useRef<HTMLAudioElement>(null);
  const [problem, setProblem] = useState<string>();
  const first = useRef(chosen);
  const point = map.points.find(({ clip }) => clip === chosen);
  const points = map.points.toSorted((a, b) =>
    (a.labels[column] ?? '').localeCompare(b.labels[column] ?? ''),
  );
  useEffect(() => {
    setProblem(undefined);
    // What the address says when the page is opened is not played: nobody has asked for sound yet.
    if (chosen === undefined || chosen === first.current) return;
    first.current = undefined;
    audio.current?.play().catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError'))
        setProblem('This clip cannot be played: its recording may have moved since.');
    });
  }, [chosen]);
  return (
    <div class="controls">
      <label>
        Clip{' '}
        <select value={chosen ?? ''} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
          <option value="">choose</option>
          {points.map(({ clip, labels }) => (
            <option key={clip} value={clip}>
              {labels[column]}: {clip}
            </option>
          ))}
        </select>
      </label>
      {point !== undefined && (
        <>
          {/* biome-ignore lint/a11y/useMediaCaption: what is said stands beside it */}
          <audio
            controls
            ref={audio}
            src={`./api/${addressOf(`runs/${encodeURIComponent(run)}/clips/sound`, { clip: point.window ?? point.clip, ...of })}`}
            aria-label={point.clip}
          />
          <a href={hrefOf({ page: 'errors', run, query: { clip: point.clip } })}>
            Look at it among the errors
          </a>
        </>
      )}
      {problem !== undefined && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function Select({
  label,
  options,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly text: string }[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  return (
    <label>
      {label}{' '}
      <select value={chosen} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What was chosen, where it is one of these; the first otherwise. */
function oneOf(options: readonly { readonly id: string }[], chosen: string | undefined): string | undefined {
  return (options.find(({ id }) => id === chosen) ?? options[0])?.id;
}
