import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ComparisonResults, comparisonResults } from '../../src/answers/results.js';

/** What a cell came to, without what differs between two equal runs: time. @param folder of the cell */
export function numbersOfCell(folder: string): ComparisonResults['runs'] {
  const { sha256: _, ...content } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  return comparisonResults.parse(content).runs.map((one) => ({
    ...one,
    seconds: 0,
    epochs: one.epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
  }));
}
