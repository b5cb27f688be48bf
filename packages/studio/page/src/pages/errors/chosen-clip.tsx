import { useMemo } from 'preact/hooks';
import { addressOf } from '../../../../src/views/address.ts';
import { askedPart, testersOf } from '../../../../src/views/asked-part.ts';
import type { ClipFeaturesView } from '../../../../src/views/clip-features.ts';
import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import { setQuery } from '../../address.ts';
import { isExport, isExported, useAsked } from '../../ask.ts';
import { AnswersOfClip } from './answers-of-clip.tsx';
import { useKeys } from './keys.ts';
import { pictureOf } from './picture.ts';
import type { Span } from './player.ts';
import { Spectrogram } from './spectrogram.tsx';
import { usePlayer } from './use-player.ts';

const RATES = [1, 0.75, 0.5, 0.25];

export interface ChosenClipProps {
  readonly run: string;
  readonly view: ClipsView;
  /** Ids of the methods that are not shown. */
  readonly hidden: ReadonlySet<string>;
  readonly clip: ClipView;
  /** `3 of 12`. */
  readonly where: string;
  readonly query: Readonly<Record<string, string>>;
  /** Chooses the clip so many places further on in the list. */
  readonly step: (places: number) => void;
}

/** One clip: its sound, what the networks were given of it, and what they said. */
export function ChosenClip({ run, view, hidden, clip, where, query, step }: ChosenClipProps) {
  const rate = RATES.find((one) => String(one) === query.speed) ?? 1;
  const loop = parseLoop(query.loop);
  const part = askedPart(view, clip, query);
  const path = `runs/${encodeURIComponent(run)}/clips`;
  const [soundOf, featuresOf] = [addressOf(`${path}/sound`, part), addressOf(`${path}/features`, part)];
  const unheard =
    view.unheard ??
    (isExport && !isExported(soundOf)
      ? 'This export holds no sound: it is in the studio on the comparison’s folder, and in an export that is made with --sounds.'
      : undefined);
  const sound = unheard === undefined ? soundOf : undefined;
  const features = unheard === undefined ? featuresOf : undefined;
  const { player, moved, problem, play } = usePlayer(sound, rate, loop);
  const asked = useAsked<ClipFeaturesView>(features, 0);
  const picture = useMemo(() => asked.view && pictureOf(asked.view), [asked.view]);
  const toggle = () => (player.playing ? player.pause() : play());
  useKeys({ next: () => step(1), previous: () => step(-1), toggle });
  const isReady = player.duration > 0;
  const whole = { from: 0, to: player.duration };

  return (
    <section class="chosen" aria-labelledby="chosen-clip">
      <header class="chosen-head">
        <h3 id="chosen-clip">{clip.id}</h3>
        <p class="quiet">{where}</p>
        <span class="steps">
          <button type="button" onClick={() => step(-1)} aria-keyshortcuts="K">
            ← Previous <kbd>K</kbd>
          </button>
          <button type="button" onClick={() => step(1)} aria-keyshortcuts="J">
            Next → <kbd>J</kbd>
          </button>
        </span>
      </header>
      {[unheard, problem, asked.problem]
        .filter((text, i, all) => text !== undefined && all.indexOf(text) === i)
        .map((text) => (
          <p key={text} class="problem" role="alert">
            {text}
          </p>
        ))}
      {picture !== undefined && (
        <Spectrogram
          key={features}
          label={`Position in ${clip.id}`}
          picture={picture}
          player={player}
          moved={moved}
          loop={loop}
          onLoop={(span) => setQuery({ loop: span === undefined ? '' : writeLoop(span) })}
        />
      )}
      <div class="player">
        <button type="button" class="play" disabled={!isReady} onClick={toggle} aria-keyshortcuts="Space">
          {player.playing ? '❚❚ Pause' : '▶ Play'} <kbd>space</kbd>
        </button>
        <button
          type="button"
          aria-pressed={loop !== undefined}
          disabled={!isReady}
          onClick={() => setQuery({ loop: loop === undefined ? writeLoop(whole) : '' })}
        >
          Loop{loop && ` ${loop.from.toFixed(2)} to ${loop.to.toFixed(2)} s`}
        </button>
        <label title="Slower is lower, too, as with a tape.">
          Speed{' '}
          <select
            value={String(rate)}
            onChange={({ currentTarget: { value } }) => setQuery({ speed: value === '1' ? '' : value })}
          >
            {RATES.map((one) => (
              <option key={one} value={String(one)}>
                {one} ×
              </option>
            ))}
          </select>
        </label>
        <Parts view={view} clip={clip} query={query} />
      </div>
      {picture !== undefined && (
        <p class="hint">
          Click: go there. Drag: loop. Arrow keys on the picture: a frame, a bin; [ and ]: begin and end of
          the loop.
        </p>
      )}
      <AnswersOfClip view={view} hidden={hidden} clip={clip} />
    </section>
  );
}

/** Which window is shown of a clip that was cut, and as whose networks were given it. */
function Parts({ view, clip, query }: Pick<ChosenClipProps, 'view' | 'clip' | 'query'>) {
  const testers = testersOf(view, clip);
  return (
    <>
      {clip.windows !== undefined && clip.windows.length > 1 && (
        <label>
          Window{' '}
          <select
            value={query.window ?? ''}
            onChange={({ currentTarget: { value } }) => setQuery({ window: value, loop: '' })}
          >
            {clip.windows.map((id, index) => (
              <option key={id} value={index === 0 ? '' : String(index)}>
                {index + 1} of {clip.windows?.length}
              </option>
            ))}
          </select>
        </label>
      )}
      {/* An export has a clip as one seed's networks were given it. */}
      {testers.length > 1 && !isExport && (
        <label title="Each seed and fold standardises by its own training clips.">
          As given in{' '}
          <select value={query.of ?? ''} onChange={({ currentTarget: { value } }) => setQuery({ of: value })}>
            {testers.map(({ name }, index) => (
              <option key={name} value={index === 0 ? '' : name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

/** `0.120-0.340`, in seconds. */
function parseLoop(text: string | undefined): Span | undefined {
  const [from, to] = (text ?? '').split('-').map(Number);
  if (from === undefined || to === undefined || !(from >= 0 && to > from)) return undefined;
  return { from, to };
}

function writeLoop({ from, to }: Span): string {
  return `${Math.max(0, from).toFixed(3)}-${to.toFixed(3)}`;
}
