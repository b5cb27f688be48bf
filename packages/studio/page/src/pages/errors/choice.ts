import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import { chosenMethod, hiddenOf } from '../../hidden.ts';
import { type Tally, tallyOf } from './tally.ts';

type Query = Readonly<Record<string, string>>;

/** How often a clip must be wrong, by the name that the address has. */
export const wrongs = [
  { name: '', title: 'right or wrong' },
  { name: 'once', title: 'wrong at least once' },
  { name: 'always', title: 'wrong every time' },
  { name: 'never', title: 'never wrong' },
  { name: 'all', title: 'wrong every time with every method' },
  { name: 'mended', title: 'less often wrong than the reference' },
  { name: 'spoilt', title: 'more often wrong than the reference' },
] as const;

/** Which clips the page shows, and of which method it speaks. All of it is in the address. */
export interface Choice {
  /** Index of the method whose answers are counted; -1 where all are hidden. */
  readonly method: number;
  /** Ids of the methods that are not shown. */
  readonly hidden: ReadonlySet<string>;
  /** Indices of classes; undefined for all. */
  readonly truth: number | undefined;
  readonly said: number | undefined;
  readonly wrong: (typeof wrongs)[number]['name'];
  /** A part of the clip's id, in small letters. */
  readonly text: string;
  /** Labels that clips must have, by the index of their column. */
  readonly labels: ReadonlyMap<number, string>;
  /** What the list is sorted by, `-` before it from the largest down: `-wrong.cka-auxiliary`. */
  readonly sort: string;
}

/** What a filter on a label column is called in the address. */
export function labelKey(column: string): string {
  return `is.${column}`;
}

export function choiceOf(view: ClipsView, query: Query): Choice {
  const hidden = hiddenOf(query);
  const method = chosenMethod(view.methods, hidden, query.method);
  const labels = view.columns.flatMap((column, index) => {
    const label = query[labelKey(column)];
    return label === undefined ? [] : [[index, label] as const];
  });
  return {
    method,
    hidden,
    truth: classIndex(view, query.truth),
    said: classIndex(view, query.said),
    wrong: wrongs.find(({ name }) => name === query.wrong)?.name ?? '',
    text: (query.text ?? '').trim().toLowerCase(),
    labels: new Map(labels),
    sort: query.sort ?? `-wrong.${view.methods[method]?.id}`,
  };
}

/** The clips that the matrices count: all filters but those that a cell is. */
export function countedClips(view: ClipsView, choice: Choice): readonly ClipView[] {
  const { text, labels, wrong } = choice;
  return view.clips.filter(
    (clip) =>
      (text === '' || clip.id.toLowerCase().includes(text)) &&
      [...labels].every(([column, label]) => clip.labels[column] === label) &&
      (wrong === '' || isWrong(view, choice, clip)),
  );
}

/** Of these the clips of the chosen cell, row or column. */
export function clipsOfCell(
  clips: readonly ClipView[],
  { method, truth, said }: Choice,
): readonly ClipView[] {
  return clips.filter(
    (clip) =>
      (truth === undefined || clip.truth === truth) &&
      (said === undefined || (clip.answers[method] ?? []).some((answer) => answer[1] === said)),
  );
}

/** How many answers the list is about: of the chosen method, and of what it said where that is chosen. */
export function answersIn(clips: readonly ClipView[], { method, said }: Choice): number {
  const counted = clips.map(({ answers }) =>
    said === undefined
      ? (answers[method] ?? []).length
      : (answers[method] ?? []).filter((answer) => answer[1] === said).length,
  );
  return counted.reduce((sum, count) => sum + count, 0);
}

function classIndex({ classes }: ClipsView, name: string | undefined): number | undefined {
  const index = classes.indexOf(name ?? '');
  return index < 0 ? undefined : index;
}

function isWrong(view: ClipsView, { method, hidden, wrong }: Choice, clip: ClipView): boolean {
  const always = ({ runs, wrong: times }: Tally) => runs > 0 && times === runs;
  const share = ({ runs, wrong: times }: Tally) => (runs === 0 ? Number.NaN : times / runs);
  const own = tallyOf(clip, method);
  if (wrong === 'once') return own.wrong > 0;
  if (wrong === 'always') return always(own);
  if (wrong === 'never') return own.runs > 0 && own.wrong === 0;
  if (wrong === 'all') {
    const shown = view.methods.flatMap(({ id }, index) => (hidden.has(id) ? [] : [tallyOf(clip, index)]));
    const answered = shown.filter(({ runs }) => runs > 0);
    return answered.length > 0 && answered.every(always);
  }
  const reference = tallyOf(clip, 0);
  return wrong === 'mended' ? share(own) < share(reference) : share(own) > share(reference);
}
