import { stringify } from 'yaml';
import { wrapped } from '../answers/wrapped.js';
import type {
  Depending,
  ListedAugmentation,
  ListedMethod,
  ListedObjective,
  LooksAt,
} from '../runs/config/method-listing.js';
import { plainTable } from './plain-table.js';

/** Columns of a terminal. */
const width = 80;

/** All that there is, or what is asked for of it. */
export interface Listing {
  readonly methods: readonly ListedMethod[];
  readonly objectives: readonly ListedObjective[];
  readonly augmentations: readonly ListedAugmentation[];
}

/** Methods and objectives beside each other, with what each looks at, and augmentations, which look at nothing else. */
export function methodsText({ methods, objectives, augmentations }: Listing): string {
  const columns = (head: string) =>
    [head, 'labels', 'clips', 'network', 'paper'].map((name) => ({ head: name }));
  const ofMethods = methods.map(({ name, looksAt, papers }) => [
    name,
    ...answers(looksAt),
    shortPapers(papers),
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
    plainTable(
      [{ head: 'augmentation' }, { head: 'paper' }],
      augmentations.map(({ kind, paper }) => [kind, shortPaper(paper)]),
    ),
    'by KEY: its setting decides. More of one: antitransfer methods NAME.',
  ].join('\n\n');
}

/** All that is known of a name: as a method, as an objective, as an augmentation, or as several of them. */
export function detailsText({ methods, objectives, augmentations }: Listing): string {
  return [
    ...methods.map(methodDetails),
    ...objectives.map(objectiveDetails),
    ...augmentations.map(augmentationDetails),
  ].join('\n\n');
}

function methodDetails(method: ListedMethod): string {
  const { name, description, papers, looksAt, settings } = method;
  const { start, objectives, augmentation, correction } = settings;
  const own = [
    {
      id: name,
      ...(start !== 'random' && { start }),
      ...(objectives.length > 0 && { objectives }),
      ...(augmentation && { augmentation }),
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
  return [
    wrapped(`${kind} (an objective): ${description}`, width, '  '),
    looks(looksAt),
    wrapped(`Published: ${paper}.`, width, '  '),
    keysText(settings),
  ].join('\n');
}

function augmentationDetails({ kind, description, paper, settings }: ListedAugmentation): string {
  return [
    wrapped(`${kind} (an augmentation): ${description}`, width, '  '),
    wrapped(`Published: ${paper}.`, width, '  '),
    keysText(settings),
  ].join('\n');
}

function keysText(settings: ListedObjective['settings']): string {
  const keys = Object.entries(settings).map(([key, { description: text, default: value }]) => {
    const given = value === undefined ? '' : ` (default: ${JSON.stringify(value)})`;
    return wrapped(`${key}${given}: ${text}`, width - 2, '    ')
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
  });
  return `Its keys\n\n${keys.join('\n')}`;
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

/** The archive is named once, and of more than two papers one, of the archive if it can be. */
function shortPapers(papers: readonly string[]): string {
  const all = [...new Set(papers.map(shortPaper))];
  // "after arXiv 1705.10667, after arXiv 1710.05578" is wider than a terminal has room for.
  if (all.length === 2 && all.every((paper) => paper.startsWith('after arXiv ')))
    return `after ${all.map((paper) => paper.replace('after arXiv ', '')).join(', ')}`;
  if (all.length < 3) return all.join(', ').replaceAll(', arXiv ', ', ');
  return `${all.find((paper) => paper.startsWith('arXiv')) ?? all[0]} and ${all.length - 1} more`;
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
