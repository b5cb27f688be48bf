import { useState } from 'preact/hooks';
import type { ModelsView } from '../../../../src/views/try.ts';
import { isExport, useAsked } from '../../ask.ts';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { percent } from './answer.tsx';
import { Heard } from './heard.tsx';
import { Meter } from './meter.tsx';
import { ModelChoice } from './model-choice.tsx';
import { type Source, soundsOf } from './source.ts';
import { useMicrophone } from './use-microphone.ts';
import { useSources } from './use-sources.ts';
import { floatWav } from './wav.ts';

export const tryPage: PageDefinition = { name: 'try', title: 'Try', ofRun: true, View: Try };

function Try({ run, query, version }: PageProps) {
  const asked = useAsked<ModelsView>(
    isExport ? undefined : `runs/${encodeURIComponent(run)}/models`,
    version,
  );
  return (
    <>
      <h1>Try it</h1>
      {isExport ? (
        <p>An export hears nothing. Start the studio on the comparison’s folder.</p>
      ) : (
        <Waiting asked={asked}>
          {(view) =>
            view.models.length === 0 ? (
              <p>There is nobody to speak to yet: models are left when the comparison is complete.</p>
            ) : (
              <Trial run={run} view={view} query={query} />
            )
          }
        </Waiting>
      )}
    </>
  );
}

function Trial({
  run,
  view,
  query,
}: {
  readonly run: string;
  readonly view: ModelsView;
  readonly query: PageProps['query'];
}) {
  const asked = query.models?.split(',') ?? view.chosen;
  const models = view.models.filter(({ id }) => asked.includes(id));
  const chosen = models.map(({ id }) => id);
  const { sources, gone, add, clear } = useSources(run, chosen, view.atOnce);
  const microphone = useMicrophone(view, ({ start, heard, said }, sampleRate) =>
    add({
      name: `At ${start.toFixed(1)} s`,
      recording: floatWav(said, sampleRate),
      heard: floatWav(heard, view.sampleRate),
      as: 'sound',
    }),
  );
  const addFiles = (files: FileList | null | undefined) => {
    for (const file of files ?? []) add({ name: file.name, recording: file, as: 'recording' });
  };
  return (
    <>
      <p class="lead">
        Say a {view.target} ({view.classes.slice(0, 12).join(', ')}
        {view.classes.length > 12 && ' …'}), or drop a recording. Every chosen model answers; the sound goes
        to the studio on this machine and nowhere else.
      </p>
      <ModelChoice view={view} chosen={chosen} />
      <Drop onFiles={addFiles}>
        {microphone.state === 'open' ? (
          <button type="button" class="primary" onClick={microphone.close}>
            Stop listening
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            disabled={microphone.state === 'opening' || chosen.length === 0}
            onClick={microphone.open}
          >
            Listen
          </button>
        )}
        <Meter level={microphone.level} />
        <label class="file">
          or choose a recording
          <input
            type="file"
            accept="audio/*,video/webm,video/mp4,.flac,.w64,.sph,.caf,.amr"
            multiple
            onChange={(event) => {
              addFiles(event.currentTarget.files);
              event.currentTarget.value = '';
            }}
          />
        </label>
        {sources.length > 0 && (
          <button type="button" onClick={clear}>
            Clear
          </button>
        )}
      </Drop>
      {microphone.problem !== undefined && (
        <p class="problem" role="alert">
          {microphone.problem}
        </p>
      )}
      <p class="quiet">
        {view.keep === undefined
          ? 'Recordings can be kept as labelled test clips: start the studio with --keep FOLDER.'
          : `What you keep goes to ${view.keep.folder}.`}
      </p>
      <p class="unseen" role="status">
        {spoken(sources[0], view)}
      </p>
      {gone > 0 && (
        <p class="quiet">
          {sources.length + gone} were heard; the newest {sources.length} are shown.
        </p>
      )}
      <ol class="sources" aria-label="What was heard, the newest first">
        {sources.map((source) => (
          <Heard key={source.id} run={run} view={view} models={models} source={source} />
        ))}
      </ol>
    </>
  );
}

/** A place that recordings can be dropped on. */
function Drop({
  onFiles,
  children,
}: {
  readonly onFiles: (files: FileList | undefined) => void;
  readonly children: preact.ComponentChildren;
}) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever cannot drop a recording chooses it
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles(event.dataTransfer?.files);
      }}
    >
      {children}
    </div>
  );
}

/** The newest answers in words, for whoever hears the page. */
function spoken(source: Source | undefined, { models }: ModelsView): string {
  const sound = source && soundsOf(source).at(-1);
  if (sound === undefined) return '';
  return [...sound.answers]
    .map(([model, { label, probabilities }]) => {
      const name = models.find(({ id }) => id === model)?.label ?? model;
      return `${name}: ${label ?? 'unsure'}, ${percent(Math.max(...probabilities))}`;
    })
    .join('; ');
}
