import { stringify } from 'yaml';
import { wrapped } from '../answers/wrapped.js';
import type { Depending, ListedMethod, ListedObjective, LooksAt } from '../runs/config/method-listing.js';
import { plainTable } from './plain-table.js';

/** Columns of a terminal. */
const width = 80;

/** Methods and objectives beside each other, with what each looks at. */
export function methodsText(
  methods: readonly ListedMethod[],
  objectives: readonly ListedObjective[],
): string {
  const columns = (head: string) =>
    [head, 'labels', 'clips', 'network', 'paper'].map((name) => ({ head: name }));
  const ofMethods = methods.map(({ name, looksAt, papers }) => [
    name,
    ...answers(looksAt),
    // The archive is named once.
    [...new Set(papers.map(shortPaper))].join(', ').replaceAll(', arXiv ', ', '),
  ]);
  const ofObjectives = objectives.map(({ kind, looksAt, paper }) => [
    kind,
    ...answers(looksAt),
    shortPaper(paper),
  ]);
  return [
    wrapped(
      'What each looks at beside the clips of the target and their labels: orthogonal labels of its training clips, the ' +
        'clips of the orthogonal network, that network itself.',
      width,
    ),
    plainTable(columns('method'), ofMethods),
    ...methods.flatMap(validationNote).map((note) => wrapped(note, width)),
    plainTable(columns('objective'), ofObjectives),
    'by KEY: its setting decides. More of one: antitransfer methods NAME.',
  ].join('\n\n');
}

/** All that is known of a name: as a method, as an objective, or as both. */
export function detailsText(
  methods: readonly ListedMethod[],
  objectives: readonly ListedObjective[],
): string {
  return [...methods.map(methodDetails), ...objectives.map(objectiveDetails)].join('\n\n');
}

function methodDetails(method: ListedMethod): string {
  const { name, description, papers, looksAt, settings } = method;
  const { start, objectives, correction } = settings;
  const own = [
    {
      id: name,
      ...(start !== 'random' && { start }),
      ...(objectives.length > 0 && { objectives }),
      ...(correction !== null && { correction }),
    },
  ];
  return [
    wrapped(`${name} (a method): ${description}`, width, '  '),
    looks(looksAt),
    ...validationNote(method).map((note) => wrapped(note, width, '  ')),
    ...(papers.length > 0 ? [wrapped(`Published: ${papers.join('; ')}.`, width, '  ')] : []),
    `It stands for\n\n${indented(stringify({ methods: own }))}`,
  ].join('\n');
}

/** What only few methods do with validation clips. */
function validationNote({ name, validation }: ListedMethod): string[] {
  const { learnsFromTargets, orthogonalLabels } = validation;
  if (!learnsFromTargets && !orthogonalLabels) return [];
  const learned = learnsFromTargets ? ['learns from the target labels of validation clips'] : [];
  const seen = orthogonalLabels ? ['looks at their orthogonal labels'] : [];
  return [`${name} ${[...learned, ...seen].join(' and ')}; others only choose by validation clips.`];
}

function objectiveDetails({ kind, description, paper, looksAt, settings }: ListedObjective): string {
  const keys = Object.entries(settings).map(([key, { description: text, default: value }]) => {
    const given = value === undefined ? '' : ` (default: ${JSON.stringify(value)})`;
    return wrapped(`${key}${given}: ${text}`, width - 2, '    ')
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
  });
  return [
    wrapped(`${kind} (an objective): ${description}`, width, '  '),
    looks(looksAt),
    wrapped(`Published: ${paper}.`, width, '  '),
    `Its keys\n\n${keys.join('\n')}`,
  ].join('\n');
}

function looks(looksAt: LooksAt<Depending>): string {
  const [labels, clips, network] = answers(looksAt);
  return wrapped(
    `Looks at orthogonal labels of training clips: ${labels}; at clips of the orthogonal network: ${clips}; at that network: ${network}.`,
    width,
    '  ',
  );
}

function answers({ labels, clips, network }: LooksAt<Depending>): string[] {
  return [labels, clips, network].map((answer) => {
    if (typeof answer === 'string') return `by ${answer}`;
    return answer ? 'yes' : 'no';
  });
}

/** `arXiv 1705.10667`, after which something was made here, or that it was. */
function shortPaper(paper: string): string {
  const [number] = /arXiv \d+\.\d+/.exec(paper) ?? [];
  if (!paper.startsWith('this toolkit')) return number ?? paper;
  return number === undefined ? 'this toolkit' : `after ${number}`;
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
