import { type Column, plain } from '../tables/column.js';
import { csvTable } from '../tables/csv.js';
import { selectivity } from './measures.js';
import type { LayerResult, LayerResults } from './results.js';

/** `analysis.csv`: a row a network, tap and orthogonal task; shares and likenesses are in [0, 1], absent values empty. */
export function layersCsv({ results }: LayerResults): string {
  return csvTable(columns, results);
}

const likenessParts = ['value', 'shuffled', 'untrained'] as const;
const readingParts = ['accuracy', 'chance', 'control', 'shuffled', 'bits', 'uniformBits', 'clips'] as const;

const columns: readonly Column<LayerResult>[] = [
  plain('method', 'Method', ({ method }) => method ?? 'before training'),
  plain('seed', 'Seed', ({ seed }) => seed),
  plain('fold', 'Fold', ({ fold }) => fold),
  plain('split_seed', 'Split seed', ({ seed, splitSeed = seed }) => splitSeed),
  plain('tap', 'Tap', ({ tap }) => tap),
  plain('task', 'Task', ({ task }) => task),
  ...(['cka', 'gram'] as const).flatMap((kind) =>
    likenessParts.map((part) =>
      plain<LayerResult>(nameOf(kind, part, 'value'), kind, (result) => result[kind]?.[part] ?? undefined),
    ),
  ),
  ...(['linear', 'mlp'] as const).flatMap((reader) => [
    ...readingParts.map((part) =>
      plain<LayerResult>(nameOf(reader, part, 'accuracy'), reader, (result) => result[reader]?.[part]),
    ),
    plain<LayerResult>(`${reader} selectivity`, reader, (result) => {
      const reading = result[reader];
      return reading && selectivity(reading);
    }),
  ]),
];

/** `cka`, `cka shuffled`: the number itself has the name. */
function nameOf(kind: string, part: string, itself: string): string {
  return part === itself ? kind : `${kind} ${part}`;
}
