import { groupBy } from '../../group-by.js';
import type { Column } from '../tables/column.js';
import { conjunction } from '../tasks.js';
import type { JoinedRow } from './join.js';
import { type LabelledClips, type MethodLooks, WORST_GROUP } from './looks.js';

/** What a row looks at, by the comparisons of its table. */
type RowLooks = JoinedRow['looks'];

/** In as few characters as a column of a terminal has. */
const shortly: Readonly<Record<LabelledClips, string>> = {
  training: 'train',
  validation: 'valid',
  orthogonal: 'orth',
};

const seenBy: Readonly<Record<LabelledClips, string>> = {
  training: 'training clips',
  validation: 'validation clips',
  orthogonal: 'orthogonal clips',
};

const usedFor: Readonly<Record<MethodLooks['validation'], string>> = {
  learns: 'learns from them',
  chooses: 'chooses by them',
  ignores: 'none',
};

const useInSentence: Readonly<Record<MethodLooks['validation'], string>> = {
  learns: 'learns from validation clips',
  chooses: 'chooses by validation clips',
  ignores: 'ignores validation clips',
};

/**
 * What {@link looksColumns} hold.
 *
 * @param choices by what epochs are chosen in the comparisons of the table
 */
export function looksLegend(choices: readonly (string | undefined)[]): string {
  const byGroup = choices.includes(WORST_GROUP)
    ? ' An epoch that is chosen by the worst group is chosen by those of validation clips, which then count as seen.'
    : '';
  return (
    'Labels seen: clips whose orthogonal labels a method knows, itself, through a network that learned from them, or through a ' +
    'method that it starts from or corrects (train: training clips, valid: validation clips, orth: clips of the orthogonal ' +
    `task).${byGroup} Valid. clips: whether it learns from the target labels of validation clips, only chooses by them, or (the ` +
    'last epoch) ignores them.'
  );
}

/** Two columns for a terminal: of which clips a method knows orthogonal labels, and what it does with validation clips. */
export function looksColumns<Row>(looksOf: (row: Row) => RowLooks): Column<Row>[] {
  const column = (id: string, heading: string, unit: string, words: (looks: MethodLooks) => string) => {
    const format = (row: Row) => inAll(looksOf(row), words);
    return { id, heading, unit, value: format, format };
  };
  return [
    column(
      'labels',
      'labels',
      'seen',
      ({ labels }) => labels.map((clips) => shortly[clips]).join('+') || '–',
    ),
    column('validation', 'valid.', 'clips', ({ validation }) => validation),
  ];
}

/** What a row looks at, in words: orthogonal labels of which clips, and what validation clips are for; dashes where it is not known. */
export function looksInWords({ looks }: JoinedRow): readonly [labels: string, validation: string] {
  return [
    inAll(looks, ({ labels }) => clipsInWords(labels) || 'none'),
    inAll(looks, ({ validation }) => usedFor[validation]),
  ];
}

/** All that a method looks at, as a part of a sentence. */
function looksInSentence(looks: MethodLooks): string {
  return `${labelsInSentence(looks)}, ${useInSentence[looks.validation]}`;
}

/** What is most unlike between methods: labels that are to be forgotten, and whether validation clips are learned from. */
export function looksInShort(looks: MethodLooks): string {
  const learns = looks.validation === 'learns' ? `; ${useInSentence.learns}` : '';
  return `${labelsInSentence(looks)}${learns}`;
}

function labelsInSentence({ labels }: MethodLooks): string {
  return labels.length === 0 ? 'no orthogonal labels' : `labels of ${conjunction(labels)} clips`;
}

function clipsInWords(labels: MethodLooks['labels']): string {
  return labels.map((clips) => seenBy[clips]).join(', ');
}

/** What is said of a row: what holds in all comparisons that have the method, or that it is not one thing. */
export function inAll(looks: RowLooks, words: (looks: MethodLooks) => string): string {
  const [first = '–', ...others] = saidOf(looks, words);
  return others.length === 0 ? first : DIFFERS;
}

const DIFFERS = 'differs';

function saidOf(looks: RowLooks, words: (looks: MethodLooks) => string): Set<string> {
  return new Set(looks.flatMap((one) => (one === undefined ? [] : [words(one)])));
}

/** What the rows that differ look at, a sentence a comparison; none where none differs. */
export function differingLooks(
  { runs, rows }: Readonly<{ runs: readonly { readonly name: string }[]; rows: readonly JoinedRow[] }>,
  words: (looks: MethodLooks) => string = looksInSentence,
): string[] {
  const differing = rows.filter(({ looks }) => saidOf(looks, words).size > 1);
  return runs.flatMap(({ name }, at) => {
    const seen = differing.flatMap(({ label, looks }) => {
      const here = looks[at];
      return here === undefined ? [] : [{ label, said: words(here) }];
    });
    if (seen.length === 0) return [];
    const parts = [...groupBy(seen, ({ said }) => said)].map(
      ([said, methods]) => `${said} (${methods.map(({ label }) => `“${label}”`).join(', ')})`,
    );
    return [`“${DIFFERS}” is in ${name}: ${parts.join('; ')}.`];
  });
}
