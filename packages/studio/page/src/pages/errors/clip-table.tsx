import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import { setQuery } from '../../address.ts';
import type { Choice } from './choice.ts';
import { nextSort } from './sorted-clips.ts';
import { tallyOf } from './tally.ts';

/** Pixels of a row: all are equally high, so that only those in sight are in the page. */
const ROW = 46;
/** Rows that are made beyond those in sight. */
const AHEAD = 8;

export interface ClipTableProps {
  readonly view: ClipsView;
  readonly choice: Choice;
  /** In the order in which they are shown. */
  readonly clips: readonly ClipView[];
  /** The index of the chosen clip; -1 when it is not among them. */
  readonly chosen: number;
  readonly hrefOf: (clip: ClipView) => string;
}

/** Clips with what each method said of them. */
export function ClipTable({ view, choice, clips, chosen, hrefOf }: ClipTableProps) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ first: 0, count: 20 });

  const look = () => {
    if (place.current === null) return;
    const { scrollTop, clientHeight } = place.current;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - AHEAD);
    const count = Math.ceil(clientHeight / ROW) + 2 * AHEAD;
    setSeen((before) => (before.first === first && before.count === count ? before : { first, count }));
  };
  useLayoutEffect(() => {
    look();
    if (place.current === null) return;
    const resized = new ResizeObserver(look);
    resized.observe(place.current);
    return () => resized.disconnect();
  }, []);

  // Whoever steps through clips by keyboard sees the row that is chosen.
  useLayoutEffect(() => {
    const box = place.current;
    if (box === null || chosen < 0) return;
    const head = box.querySelector('thead')?.offsetHeight ?? 0;
    const [top, bottom] = [chosen * ROW, (chosen + 1) * ROW];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight - head)
      box.scrollTop = bottom - box.clientHeight + head;
    look();
  }, [chosen, clips]);

  const first = Math.min(seen.first, Math.max(0, clips.length - seen.count));
  const shown = clips.slice(first, first + seen.count);
  const after = clips.length - first - shown.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section class="clip-list" ref={place} onScroll={look} tabIndex={0} aria-label="Table of clips">
      {/* As high as it were with the rows that are out of sight. */}
      <table
        aria-rowcount={clips.length + 1}
        style={{ marginTop: `${first * ROW}px`, marginBottom: `${after * ROW}px` }}
      >
        <thead>
          <tr aria-rowindex={1}>
            <Heading sort="clip" title="Clip" choice={choice} />
            <Heading sort="truth" title={`true ${view.target}`} choice={choice} />
            {view.columns.map((column) => (
              <Heading key={column} sort={`label.${column}`} title={column} choice={choice} />
            ))}
            {shownMethods(view, choice).map(([{ id, label }, index]) => (
              <th
                key={id}
                scope="col"
                class={index === choice.method ? 'subject' : undefined}
                aria-sort={sortedBy(choice, `wrong.${id}`) ?? sortedBy(choice, `confidence.${id}`)}
              >
                <span class="name">{label}</span>
                <Sort sort={`wrong.${id}`} title="wrong" choice={choice} />
                <Sort sort={`confidence.${id}`} title="confidence" choice={choice} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((clip, index) => (
            <Row
              key={clip.id}
              view={view}
              choice={choice}
              clip={clip}
              index={first + index}
              chosen={first + index === chosen}
              href={hrefOf(clip)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface SortProps {
  readonly sort: string;
  readonly title: string;
  readonly choice: Choice;
}

function Heading(props: SortProps) {
  return (
    <th scope="col" aria-sort={sortedBy(props.choice, props.sort)}>
      <Sort {...props} only={true} />
    </th>
  );
}

function Sort({ sort, title, choice, only = false }: SortProps & { readonly only?: boolean }) {
  const order = sortedBy(choice, sort);
  const arrow = order === undefined ? '' : order === 'ascending' ? ' ↑' : ' ↓';
  return (
    <button
      type="button"
      class={only ? 'sort only' : 'sort'}
      title={`Sort by ${title}`}
      onClick={() => setQuery({ sort: nextSort(choice.sort, sort) })}
    >
      {title}
      {arrow}
    </button>
  );
}

function sortedBy({ sort }: Choice, key: string): 'ascending' | 'descending' | undefined {
  if (sort === key) return 'ascending';
  return sort === `-${key}` ? 'descending' : undefined;
}

interface RowProps {
  readonly view: ClipsView;
  readonly choice: Choice;
  readonly clip: ClipView;
  readonly index: number;
  readonly chosen: boolean;
  readonly href: string;
}

function Row({ view, choice, clip, index, chosen, href }: RowProps) {
  return (
    <tr
      class="clip"
      aria-rowindex={index + 2}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => setQuery({ clip: clip.id, window: '', loop: '' })}
    >
      <th scope="row">
        <a href={href} title={clip.id}>
          {clip.id}
        </a>
      </th>
      <td>{view.classes[clip.truth]}</td>
      {clip.labels.map((label, column) => (
        <td key={view.columns[column]}>{label}</td>
      ))}
      {shownMethods(view, choice).map(([{ id }, method]) => (
        <Said key={id} view={view} clip={clip} method={method} subject={method === choice.method} />
      ))}
    </tr>
  );
}

/** The methods that have a column, with their indices. */
function shownMethods({ methods }: ClipsView, { hidden }: Choice) {
  return methods.flatMap((method, index) => (hidden.has(method.id) ? [] : [[method, index] as const]));
}

/** What a method said of a clip: the answers, how often they are wrong, and how sure it was. */
function Said({
  view,
  clip,
  method,
  subject,
}: {
  readonly view: ClipsView;
  readonly clip: ClipView;
  readonly method: number;
  readonly subject: boolean;
}) {
  const { runs, wrong, said, confidence } = tallyOf(clip, method);
  const kind = subject ? 'subject' : undefined;
  if (runs === 0) return <td class={kind}>not tested</td>;
  return (
    <td class={kind}>
      <span class="answered">
        {said.map(([answer, times], index) => (
          <span key={answer}>
            {index > 0 && ', '}
            <span class={answer === clip.truth ? 'right' : undefined}>
              {view.classes[answer]}
              {answer === clip.truth && '\u00a0✓'}
            </span>
            {said.length > 1 && `\u00a0×${times}`}
          </span>
        ))}
      </span>
      <small>
        {wrong === 0 ? `right in ${runs} of ${runs}` : `wrong in ${wrong} of ${runs}`}
        {confidence !== undefined && ` · ${confidence.toFixed(2)}`}
      </small>
    </td>
  );
}
