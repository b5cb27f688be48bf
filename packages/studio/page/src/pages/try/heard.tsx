import { useEffect, useMemo } from 'preact/hooks';
import type { ModelsView, OfferedModel } from '../../../../src/views/try.ts';
import { Answer } from './answer.tsx';
import { KeepForm } from './keep-form.tsx';
import { Player } from './player.tsx';
import { type AnsweredSound, type Source, soundsOf } from './source.ts';

interface HeardProps {
  readonly run: string;
  readonly view: ModelsView;
  readonly models: readonly OfferedModel[];
  readonly source: Source;
}

/** What models say of one source. */
export function Heard({ run, view, models, source }: HeardProps) {
  const { name, as, answers, problem } = source;
  const url = useUrl(source.recording);
  const sounds = soundsOf(source);
  const isAnswered = models.length > 0 && models.every(({ id }) => answers.has(id));
  const problems = new Set(
    [problem, ...[...answers.values()].map((answer) => answer.problem)].filter(Boolean),
  );
  return (
    <li class="heard">
      <h3>{name}</h3>
      {as === 'recording' && <Player url={url} name={name} />}
      {[...problems].map((text) => (
        <p key={text} class="problem" role="alert">
          {text}
        </p>
      ))}
      {sounds.length === 0 && problems.size === 0 && (
        <p class="nothing">{isAnswered ? 'Nothing heard.' : 'One moment …'}</p>
      )}
      {sounds.length > 1 && <p class="quiet">{sounds.length} sounds were heard.</p>}
      {sounds.map((sound) => (
        <div key={sound.start} class="sound">
          {as === 'recording' ? (
            <p class="quiet">
              {sound.start.toFixed(2)} to {sound.end.toFixed(2)} s
            </p>
          ) : (
            <Player url={url} name={name} />
          )}
          <Answers view={view} models={models} source={source} sound={sound} />
          <KeepForm
            run={run}
            view={view}
            recording={source.recording}
            part={as === 'recording' ? { start: sound.start, end: sound.end } : undefined}
          />
        </div>
      ))}
    </li>
  );
}

function Answers({
  view,
  models,
  source,
  sound,
}: Omit<HeardProps, 'run'> & { readonly sound: AnsweredSound }) {
  return (
    <div class="answers">
      {models.map((model) => {
        const answer = source.answers.get(model.id);
        return (
          <Answer
            key={model.id}
            model={model}
            classes={view.classes}
            sound={sound.answers.get(model.id)}
            level={answer?.level}
            problem={answer && (answer.problem ?? 'Nothing heard.')}
          />
        );
      })}
    </div>
  );
}

/** An address of a recording, as long as it is shown. */
function useUrl(recording: Blob): string {
  const url = useMemo(() => URL.createObjectURL(recording), [recording]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}
