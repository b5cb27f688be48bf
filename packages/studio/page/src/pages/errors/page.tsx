import { useMemo, useRef } from 'preact/hooks';
import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import type { FoundView } from '../../../../src/views/found.ts';
import { hrefOf, parseAddress, setQuery } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { MethodChoice } from '../../parts/method-choice.tsx';
import { MethodToggles } from '../../parts/method-toggles.tsx';
import { Standing } from '../../parts/standing.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { answersIn, choiceOf, clipsOfCell, countedClips } from './choice.ts';
import { ChosenClip } from './chosen-clip.tsx';
import { ClipTable } from './clip-table.tsx';
import { Confusions } from './confusions.tsx';
import { Filters } from './filters.tsx';
import { sortedClips } from './sorted-clips.ts';

export const errorsPage: PageDefinition = { name: 'errors', title: 'Errors', ofRun: true, View: Errors };

/** What the address says of the chosen clip: which clips there are does not depend on it. */
const OF_CHOSEN_CLIP = new Set(['clip', 'window', 'loop', 'speed', 'of']);

function Errors({ run, query, version }: PageProps) {
  const path = `runs/${encodeURIComponent(run)}`;
  const found = useAsked<FoundView>(`${path}/answer`, version);
  const answeredAt = found.view?.answer?.createdAt;
  // Answers are many: they are asked for again only when there are others.
  const asked = useAsked<ClipsView>(answeredAt && `${path}/clips`, Date.parse(answeredAt ?? '') || 0);
  return (
    <>
      <h1>Errors</h1>
      {found.view !== undefined && answeredAt === undefined ? (
        <p>There are no results yet. What is wrong stands here when the first seed or fold is complete.</p>
      ) : (
        <Waiting asked={found.problem === undefined ? asked : { ...asked, problem: found.problem }}>
          {(view) => (
            <>
              <Standing found={found.view} what="These answers" />
              <Clips run={run} query={query} view={view} />
            </>
          )}
        </Waiting>
      )}
    </>
  );
}

function Clips({ run, query, view }: Pick<PageProps, 'run' | 'query'> & { readonly view: ClipsView }) {
  const filters = Object.fromEntries(Object.entries(query).filter(([name]) => !OF_CHOSEN_CLIP.has(name)));
  const list = useRef<HTMLHeadingElement>(null);
  const key = JSON.stringify(filters);
  const choice = useMemo(() => choiceOf(view, filters), [view, key]);
  const counted = useMemo(() => countedClips(view, choice), [view, choice]);
  const clips = useMemo(
    () => sortedClips(view, clipsOfCell(counted, choice), choice),
    [view, counted, choice],
  );
  const found = clips.findIndex(({ id }) => id === query.clip);
  const named = view.clips.find(({ id }) => id === query.clip);
  const isUnknown = query.clip !== undefined && named === undefined;
  const clip = isUnknown ? undefined : (named ?? clips[0]);
  const chosen = query.clip === undefined ? Math.min(0, clips.length - 1) : found;
  // By the address as it is now: keys may come faster than the page is drawn.
  const step = (places: number) => {
    const { clip: at } = parseAddress(location.hash).query;
    const from = at === undefined ? 0 : clips.findIndex(({ id }) => id === at);
    const next = clips[Math.min(clips.length - 1, Math.max(0, from + places))];
    if (next !== undefined) setQuery({ clip: next.id, window: '', loop: '' });
  };
  const hrefOfClip = ({ id }: ClipView) =>
    hrefOf({ page: 'errors', run, query: { ...query, clip: id, window: '', loop: '' } });
  const method = view.methods[choice.method];
  if (view.methods.length === 0) return <p>No network was tested.</p>;
  const toggles = <MethodToggles methods={view.methods} hidden={choice.hidden} />;
  if (method === undefined) return toggles;
  return (
    <>
      {toggles}
      <MethodChoice methods={view.methods} hidden={choice.hidden} chosen={choice.method} />
      <Filters view={view} choice={choice} query={query} />
      <Confusions
        view={view}
        choice={choice}
        clips={counted}
        run={run}
        query={query}
        onOpen={() => {
          list.current?.focus({ preventScroll: true });
          list.current?.scrollIntoView({ block: 'start' });
        }}
      />
      <section aria-labelledby="clips">
        <h2 id="clips" class="clips" tabIndex={-1} ref={list}>
          Clips
        </h2>
        <p role="status">{countWords(view, clips, answersIn(clips, choice), method.label, choice.said)}</p>
        {isUnknown && (
          <p class="problem" role="alert">
            No test clip is called “{query.clip}”. Choose one below.
          </p>
        )}
        {clip !== undefined && (
          <ChosenClip
            run={run}
            view={view}
            hidden={choice.hidden}
            clip={clip}
            where={chosen >= 0 ? `${chosen + 1} of ${clips.length}` : 'not in this list'}
            query={query}
            step={step}
          />
        )}
        {clips.length > 0 && (
          <ClipTable view={view} choice={choice} clips={clips} chosen={chosen} hrefOf={hrefOfClip} />
        )}
      </section>
    </>
  );
}

/** `12 clips of 240; “no transfer” has said 5 of them 37 times.` */
function countWords(
  { classes, clips: all }: ClipsView,
  clips: readonly ClipView[],
  answers: number,
  method: string,
  said: number | undefined,
): string {
  const number =
    clips.length === all.length ? `All ${all.length} clips` : `${clips.length} of ${all.length} clips`;
  const times = `${answers} ${answers === 1 ? 'answer' : 'answers'} of “${method}”`;
  return said === undefined ? `${number}, ${times}.` : `${number}, ${times} that say ${classes[said]}.`;
}
